import { expect, test } from 'vitest'
import { CSRF, HASHES, testApp } from '../../test/test-app.ts'

test.for(['text/event-stream', 'multipart/mixed'])(
  'an answer as %s leaves it to the server whether the connection is kept',
  async (accept) => {
    const { app } = testApp()
    const search = new URLSearchParams({ documentId: `${HASHES.ProductPage}`, variables: '{"id":"p1001"}' })
    const answer = await app.request(`/graphql?${search}`, { headers: { ...CSRF, accept } })
    expect(answer.headers.get('content-type')).toContain(accept)
    expect([answer.headers.get('connection'), answer.headers.get('transfer-encoding')]).toEqual([null, null])
    expect(await answer.text()).toContain('"product":{"id":"p1001"')
  },
)
