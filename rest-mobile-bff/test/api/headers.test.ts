import { everyRequest, faultsOf } from '@harbor/shared-testing/answer-headers'
import { expect, test } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile()
const EXAMPLES: Record<string, string> = { id: 'p1001', sku: 'HB-1001' }

test('every answer of every route has its security headers and opens nothing to another origin', async () => {
  const statuses = new Set<number>()
  for (const { path, method, headers } of everyRequest(mobile.app, (name) => EXAMPLES[name] ?? 'x'))
    for (const more of [
      {},
      { 'if-none-match': '*' },
      { authorization: `Bearer ${mobile.demo.mobileAccessToken}` },
    ]) {
      const answer = await mobile.app.request(path, { method, headers: { ...headers, ...more } })
      statuses.add(answer.status)
      expect({ path, method, faults: faultsOf(answer, false) }).toEqual({ path, method, faults: [] })
    }
  for (const status of [200, 304, 400, 401, 404, 405]) expect(statuses).toContain(status)
})

test('so has what goes wrong behind it', async () => {
  await mobile.mocks.setFault('catalog', { errorRate: 1 })
  const answer = await mobile.app.request('/v1/products/p1002')
  expect([answer.status, faultsOf(answer, false)]).toEqual([503, []])
})
