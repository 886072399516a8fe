import { everyRequest, faultsOf } from '@harbor/shared-testing/answer-headers'
import { expect, test } from 'vitest'
import { CSRF, HASHES, testApp } from '../test-app.ts'
import { testPage } from '../test-page.ts'

const PAGE_QUERY = `?documentId=${HASHES.ProductPage}&variables=${encodeURIComponent('{"id":"p1001"}')}`

test.for([true, false])(
  'every answer of every route has its security headers and opens nothing to another origin (https: %s)',
  async (https) => {
    const { app } = testApp({ page: testPage, https })
    const statuses = new Set<number>()
    // As a page of another site sends it, and as one of ours does.
    for (const { path, method, headers } of everyRequest(app, () => 'x'))
      for (const sent of [headers, CSRF])
        for (const search of ['', PAGE_QUERY]) {
          const answer = await app.request(path + search, {
            method,
            headers: { ...sent, ...(method === 'POST' && { 'content-type': 'application/json' }) },
            ...(method === 'POST' && { body: '{}' }),
          })
          statuses.add(answer.status)
          expect({ path, method, faults: faultsOf(answer, https) }).toEqual({ path, method, faults: [] })
        }
    for (const status of [200, 400, 403, 404]) expect(statuses).toContain(status)
  },
)

test('so has what goes wrong inside', async () => {
  const read = () => {
    throw new Error('broken')
  }
  const broken = { ...testPage, assets: new Map([['/broken', { ...testPage.document, read }]]) }
  const answer = await testApp({ page: broken }).app.request('/broken')
  expect([answer.status, faultsOf(answer, false)]).toEqual([500, []])
})

test('GraphiQL, which is for development only, has a policy with which it works', async () => {
  const get = (allowAdhoc: boolean) =>
    testApp({ allowAdhoc }).app.request('/graphiql', { headers: { accept: 'text/html' } })
  expect((await get(true)).headers.get('content-security-policy')).toContain('https://unpkg.com')
  expect((await get(false)).headers.get('content-security-policy')).toMatch(/^default-src 'none'/)
})
