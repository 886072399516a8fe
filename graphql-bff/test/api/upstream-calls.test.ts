import { ROLES } from '@harbor/shared-runtime/auth'
import { expect, test } from 'vitest'
import { schema } from '../../src/schema/index.ts'
import { executed } from '../execute.ts'
import { fieldPaths, isList, operationTo } from '../operation-to.ts'
import { testApp } from '../test-app.ts'

const ids = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => `p${1001 + index}`))

/** Every list of the graph, made from the schema: a new one is tested as soon as it is there. */
const lists = fieldPaths(schema).filter(({ field }) => isList(field))

test.for(lists.map((list) => [list.name, list] as const))(
  '%s makes the same upstream calls for 50 rows as for 1, with everything below it',
  async ([, list]) => {
    // No argument limits the lines of a cart or an order, or the devices of a store, so the fakes set their number.
    const callsOf = async (rows: number) => {
      const sizes = { lines: list.name.endsWith('.lines') ? rows : 2, devices: rows, roles: ROLES }
      const { calls, errors } = await executed(operationTo(list, { rows, depth: 4 }), sizes)
      expect(errors).toEqual([])
      return calls
    }
    const [one, fifty] = await Promise.all([callsOf(1), callsOf(50)])
    expect(fifty).toEqual(one)
  },
)

const PRODUCT_CALLS = {
  'catalog.byIds': 1,
  'pricing.prices': 1,
  'inventory.stock': 1,
  'reviews.ofProducts': 1,
  'recommendations.forProducts': 1,
}

test.for([1, 50])('the product list makes one call of each kind for %i products', async (count) => {
  const { calls, operation } = testApp()
  const { data } = await operation('ProductList', { variables: { ids: JSON.parse(ids(count)) } })
  expect(data?.products).toHaveLength(count)
  expect(calls).toEqual(PRODUCT_CALLS)
})

test('the product page and the dashboard make one call of each kind', async () => {
  const page = testApp()
  await page.operation('ProductPage', { variables: { id: 'p1001' } })
  expect(page.calls).toEqual(PRODUCT_CALLS)
  const dashboard = testApp()
  await dashboard.operation('Dashboard', { as: 'customer' })
  expect(dashboard.calls).toEqual({
    'customers.byIds': 1,
    'cart.ofCustomer': 1,
    'pricing.quote': 1,
    'orders.ofCustomer': 1,
    'recommendations.forCustomer': 1,
    'notifications.ofCustomer': 1,
  })
})

test('rows are joined by key, though upstreams answer in another order and leave out what they do not know', async () => {
  const { operation } = testApp()
  const { data } = await operation('ProductList', {
    variables: { ids: ['p1003', 'unknown', 'p1001', 'p1003'] },
  })
  expect(data?.products).toMatchObject(
    ['1003', '1001', '1003'].map((n) => ({
      id: `p${n}`,
      price: { amount: Number(n) },
      reviews: { latest: [{ title: `p${n}` }] },
    })),
  )
})

test('fields that differ in their length alone are one call: for the greatest length', async () => {
  const lengths = Array.from({ length: 15 }, (_, index) => index + 1)
  const all = (field: string, below: string) =>
    lengths.map((n) => `n${n}: ${field}(first: ${n}) { ${below} }`).join(' ')
  const product = await executed(
    `{ product(id: "p1001") { ${all('reviews', 'latest { title }')} } b: product(id: "p1001") { ${all('recommendations', 'id')} } }`,
  )
  expect(product.calls).toEqual({
    'catalog.byIds': 1,
    'reviews.ofProducts': 1,
    'recommendations.forProducts': 1,
  })
  for (const n of lengths)
    expect(product.data).toMatchObject({
      product: { [`n${n}`]: { latest: Array(n).fill({ title: 'p1001' }) } },
      b: { [`n${n}`]: Array(n).fill({ id: expect.any(String) }) },
    })
  const viewer = await executed(
    `{ viewer { unreadNotifications ${all('recommendations', 'id')} } b: viewer { ${all('notifications', 'items { id }')} } }`,
    { roles: ['customer'] },
  )
  expect(viewer.calls).toEqual({ 'recommendations.forCustomer': 1, 'notifications.ofCustomer': 1 })
  expect(viewer.data).toMatchObject({ b: { n3: { items: [{ id: 'n0' }, { id: 'n1' }, { id: 'n2' }] } } })
})

test('ids that are asked for twice are fetched once', async () => {
  const { calls, query } = testApp({ allowAdhoc: true })
  await query(
    '{ a: product(id: "p1001") { name } b: product(id: "p1001") { price { amount } } c: products(ids: ["p1001", "p1002"]) { name } }',
  )
  expect(calls).toEqual({ 'catalog.byIds': 1, 'pricing.prices': 1 })
})
