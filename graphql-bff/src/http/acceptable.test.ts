import { expect, test } from 'vitest'
import { CSRF, HASHES, testApp } from '../../test/test-app.ts'

const { app } = testApp()
const SEARCH = new URLSearchParams({ documentId: `${HASHES.ProductPage}`, variables: '{"id":"p1001"}' })

async function ask(accept: string, method: 'GET' | 'POST') {
  const body = JSON.stringify({ documentId: HASHES.ProductPage, variables: { id: 'p1001' } })
  const headers = { ...CSRF, accept, ...(method === 'POST' && { 'content-type': 'application/json' }) }
  const address = method === 'GET' ? `/graphql?${SEARCH}` : '/graphql'
  const answer = await app.request(address, { method, headers, ...(method === 'POST' && { body }) })
  const type = answer.headers.get('content-type')?.split(';')[0]
  return { status: answer.status, type, text: await answer.text() }
}

const RESPONSE = 'application/graphql-response+json'

test.each([
  ['application/json;q=0.5, */*', RESPONSE],
  [`${RESPONSE};q=0.4, application/json;q=0.5`, 'application/json'],
  [`${RESPONSE};q=0, application/*`, 'application/json'],
  ['text/html, application/json;q=0.9', 'application/json'],
  ['text/html;q=1, */*;q=0.1', RESPONSE],
  [`application/json\t;\tq=0.5, ${RESPONSE}`, RESPONSE],
  // Both kinds of JSON are weighted below everything else: still JSON, and the preferred of the two.
  [`application/json;q=0.5, ${RESPONSE};q=0.4, */*`, 'application/json'],
  [`${RESPONSE};q=0.5, application/json;q=0.4, */*`, RESPONSE],
  ['text/*, application/json;q=0.5', 'application/json'],
  ['text/event-stream;q=0.1, application/json;q=0.2', 'application/json'],
  // A stream that is named and preferred.
  ['text/event-stream, application/json;q=0.1', 'text/event-stream'],
  ['application/json;q=0.1, multipart/mixed;q=0.2, */*;q=0.05', 'multipart/mixed'],
  ['text/event-stream, application/json;q=0, */*;q=0.1', 'text/event-stream'],
  ['text/*', 'text/event-stream'],
])('Accept: %s is answered as %s', async (accept, type) => {
  for (const method of ['GET', 'POST'] as const) {
    const answer = await ask(accept, method)
    expect([answer.status, answer.type]).toEqual([200, type])
    expect(answer.text).toContain('"product":{"id":"p1001"')
  }
})

test.each(['text/html', 'application/json;q=0', '*/*;q=0', 'image/*', 'application/cbor, text/html'])(
  'Accept: %s is a 406 that says what there is',
  async (accept) => {
    for (const method of ['GET', 'POST'] as const) {
      const { status, type, text } = await ask(accept, method)
      expect([status, type]).toEqual([406, 'application/problem+json'])
      expect(JSON.parse(text)).toMatchObject({
        code: 'NOT_ACCEPTABLE',
        detail: expect.stringContaining('application/json'),
      })
    }
  },
)
