import { UpstreamError } from '@harbor/shared-runtime/errors'
import { MalformedRow } from '@harbor/shared-runtime/rows'
import { expect, test } from 'vitest'
import { executed } from '../../../test/execute.ts'
import { CANARIES, customer, order } from '../../../test/fake-rows.ts'
import { list } from '../../../test/fake-upstreams.ts'
import { testApp } from '../../../test/test-app.ts'

const table = (field: string, columns: string) =>
  `{ administration { ${field} { edges { node { ${columns} } } pageInfo { endCursor } totalCount } } }`
const query = (document: string, options: Parameters<typeof executed>[1] = {}) =>
  executed(document, { roles: ['staff'], ...options })
const noRows = { ...list([]), nextCursor: null, totalCount: 0 }

test('a page, filters and an order reach the service as it takes them, in one call', async () => {
  const asked: unknown[] = []
  const record = async (given: unknown) => {
    asked.push(given)
    return noRows
  }
  const { calls, errors } = await query(
    `{ administration {
      stockItems(first: 7, after: "place", filter: { warehouse: BERLIN, sku: "HB-1001" }, sort: { by: AVAILABLE, descending: true }) { totalCount }
      orders(filter: { status: ON_ITS_WAY, customerId: null }, sort: { by: PLACED_AT }) { totalCount }
      customers(filter: { words: "  ada " }) { totalCount }
      reviews(filter: { rating: 5 }) { totalCount }
    } }`,
    {
      answering: {
        inventory: { rows: record },
        orders: { rows: record },
        customers: { rows: record },
        reviews: { rows: record },
      },
    },
  )
  expect(errors).toEqual([])
  expect(asked).toEqual([
    { limit: 7, cursor: 'place', sort: '-available', warehouse: 'ber', sku: 'HB-1001' },
    { limit: 50, sort: 'placedAt', status: 'SHIPPED' },
    { limit: 50, q: 'ada' },
    { limit: 50, rating: 5 },
  ])
  expect(calls).toEqual({ 'inventory.rows': 1, 'orders.rows': 1, 'customers.rows': 1, 'reviews.rows': 1 })
})

test.for([
  ['a page that is too long', 'products(first: 101)'],
  ['no page', 'products(first: 0)'],
  ['a cursor that is none', 'products(after: "a b")'],
  ['an id that is none', 'products(filter: { category: "a,b" })'],
  ['words without one', 'customers(filter: { words: " " })'],
  ['a number that no row has', 'reviews(filter: { rating: 6 })'],
])('%s is refused before any service is asked', async ([, field]) => {
  const { calls, query } = testApp({ allowAdhoc: true })
  const { errors } = await query(`{ administration { ${field} { totalCount } } }`)
  expect(errors).toMatchObject([{ extensions: { code: 'INVALID_REQUEST' } }])
  expect(calls).toEqual({})
})

test('columns of a role are for that role: margin and cost for finance, the score for risk', async () => {
  const columns = `{ administration {
    products(first: 1) { edges { node { sku margin wholesaleCost { amount } } } }
    customers(first: 1) { edges { node { id fraudScore } } } } }`
  const seen = async (roles: Parameters<typeof executed>[1]) => {
    const { data, errors } = await query(columns, roles)
    const text = JSON.stringify(data)
    expect(data).toMatchObject({ administration: { products: { edges: [{ node: { sku: 'HB-4000' } }] } } })
    expect(errors.every(({ code }) => code === 'FORBIDDEN')).toBe(true)
    return Object.values(CANARIES).filter((value) => text.includes(String(value)))
  }
  expect(await seen({ roles: ['staff'] })).toEqual([])
  expect(await seen({ roles: ['staff', 'finance'] })).toEqual([CANARIES.wholesaleCost, CANARIES.margin])
  expect(await seen({ roles: ['staff', 'risk'] })).toEqual([CANARIES.fraudScore])
})

test('a broken row costs that row, and a value without a word its own column', async () => {
  const row = (n: number, loyaltyTier: string) => ({
    ...customer(`c${n}`),
    loyaltyTier,
    audit: { createdAt: '', createdBy: '', updatedAt: '', updatedBy: '', revision: 1 },
  })
  const { data, errors } = await query(table('customers', 'id loyaltyTier'), {
    answering: {
      customers: {
        rows: async () => ({
          items: [row(1, 'TIER_GOLD'), row(3, 'constructor')],
          broken: new Map([[1, new MalformedRow('customers')]]),
          nextCursor: 'more',
          totalCount: 9,
        }),
      },
    },
  })
  expect(data).toMatchObject({
    administration: {
      customers: {
        edges: [
          { node: { id: 'c1', loyaltyTier: 'GOLD' } },
          { node: null },
          { node: { id: 'c3', loyaltyTier: null } },
        ],
        pageInfo: { endCursor: 'more' },
        totalCount: 9,
      },
    },
  })
  expect(errors.map(({ code }) => code).toSorted()).toEqual(['UNKNOWN_VALUE', 'UPSTREAM_INVALID'])
})

test('a table whose service fails is null, and the others are answered', async () => {
  const { data, errors } = await query(
    '{ administration { taxLines { totalCount } carts { totalCount } } }',
    { failing: { tax: new UpstreamError('tax', 'unavailable', 'secret') } },
  )
  expect(data).toEqual({ administration: { taxLines: null, carts: { totalCount: 1_000 } } })
  expect(errors).toEqual([{ path: 'administration.taxLines', code: 'UPSTREAM_UNAVAILABLE' }])
})

test('who wrote an order first and last is told from its events', async () => {
  const events = ['PLACED', 'SHIPPED'].map((action, n) => ({
    at: `2026-11-2${n}T09:00:00.000Z`,
    actor: `a${n}`,
    action,
    note: '',
  }))
  const { data, errors } = await query(table('orders', 'number audit { createdBy updatedAt revision }'), {
    answering: {
      orders: {
        rows: async () => ({
          ...list([
            { ...order(1, 1), audit: events },
            { ...order(2, 1), audit: [] },
          ]),
          nextCursor: null,
          totalCount: 2,
        }),
      },
    },
  })
  expect(errors).toEqual([])
  expect(data).toMatchObject({
    administration: {
      orders: {
        edges: [
          { node: { audit: { createdBy: 'a0', updatedAt: '2026-11-21T09:00:00.000Z', revision: 2 } } },
          { node: { audit: null } },
        ],
      },
    },
  })
})
