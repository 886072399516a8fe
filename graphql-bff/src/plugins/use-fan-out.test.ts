import { createLog } from '@harbor/shared-runtime/log'
import { expect, test, vi } from 'vitest'
import { OPERATIONS } from '../../test/operations.ts'
import { HASHES, testApp } from '../../test/test-app.ts'
import { createUsage } from '../persisted/usage.ts'

const hash = HASHES.ProductPage ?? ''

/** The operations of the repository, of which one says less than it calls. */
function understated() {
  const byHash = new Map(OPERATIONS.byHash)
  const page = byHash.get(hash)
  if (page)
    byHash.set(hash, {
      ...page,
      fanOut: new Map([...page.fanOut].filter(([call]) => call !== 'pricing.prices')),
    })
  return { ...OPERATIONS, byHash }
}

const reportOf = async (usage: ReturnType<typeof createUsage>) => {
  const { versions } = await (await usage.management.request('/operations')).json()
  return versions[0].operations.find((one: { hash: string }) => one.hash === hash).upstreamCalls
}

test('calls above the static fan-out are logged and counted, and the answer is sent', async () => {
  const operations = understated()
  const usage = createUsage(operations)
  const log = createLog('test', 'silent')
  const error = vi.spyOn(log, 'error')
  const { operation } = testApp({ operations, usage, log })
  const { data } = await operation('ProductPage', { variables: { id: 'p1001' } })
  expect(data?.product).toMatchObject({ price: { amount: 1001 } })
  expect(error.mock.calls).toMatchObject([
    [{ operation: 'ProductPage', above: [{ call: 'pricing.prices', made: 1, most: 0 }] }, expect.any(String)],
  ])
  const { atMost, mostSeen, timesAbove } = await reportOf(usage)
  expect([atMost['pricing.prices'], mostSeen['pricing.prices'], timesAbove]).toEqual([undefined, 1, 1])
})

test('the management port shows the static fan-out beside the most calls that were seen', async () => {
  const usage = createUsage(OPERATIONS)
  const { operation } = testApp({ usage })
  await operation('ProductPage', { variables: { id: 'unknown' } })
  const atMost = {
    'catalog.byIds': 1,
    'inventory.stock': 1,
    'pricing.prices': 1,
    'recommendations.forProducts': 1,
    'reviews.ofProducts': 1,
  }
  expect(await reportOf(usage)).toEqual({ atMost, mostSeen: { 'catalog.byIds': 1 }, timesAbove: 0 })
  await operation('ProductPage', { variables: { id: 'p1001' } })
  expect(await reportOf(usage)).toEqual({ atMost, mostSeen: atMost, timesAbove: 0 })
})

test('an ad-hoc document with too wide a fan-out is refused before it runs', async () => {
  const { query, calls } = testApp({ allowAdhoc: true })
  const page = (name: number) =>
    `c${name}: catalogue(first: 1) { edges { node { price { amount } stock { available } reviews { count } } } }`
  const pages = (count: number) => `{ ${Array.from({ length: count }, (_, n) => page(n)).join(' ')} }`
  const { errors } = await query(pages(11))
  expect(errors).toMatchObject([
    {
      message: 'It makes up to 44 upstream calls; at most 40 are allowed.',
      extensions: { code: 'QUERY_TOO_COMPLEX' },
    },
  ])
  expect(calls).toEqual({})
  expect((await query(pages(10))).errors).toBeUndefined()
})
