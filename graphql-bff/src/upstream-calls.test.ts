import { isListType, isNonNullType, isObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { fakeUpstreams } from '../test/fake-upstreams.ts'
import { testApp } from '../test/test-app.ts'
import { schema } from './schema/index.ts'

const ids = (count: number) => JSON.stringify(Array.from({ length: count }, (_, index) => `p${1001 + index}`))
const PRODUCT = `
  price { formatted } stock { available } reviews(first: 1) { average latest { title } }
  recommendations(first: 1) { name }`

/** For every list of the graph, an operation in which it has `n` rows, each of which needs upstream rows of its own. */
const LISTS: Record<string, (n: number) => string> = {
  'Query.products': (n) => `{ products(ids: ${ids(n)}) { ${PRODUCT} } }`,
  'Product.images': (n) => `{ products(ids: ${ids(n)}) { images { url } price { formatted } } }`,
  'Product.specifications': (n) => `{ products(ids: ${ids(n)}) { specifications { name } } }`,
  'Product.stock': (n) => `{ products(ids: ${ids(n)}) { stock { warehouse available } } }`,
  'Product.recommendations': (n) =>
    `{ product(id: "p1001") { recommendations(first: ${Math.min(n, 20)}) { product { ${PRODUCT} } } } }`,
  'ProductReviews.histogram': (n) => `{ products(ids: ${ids(n)}) { reviews { histogram } } }`,
  'ProductReviews.latest': (n) => `{ products(ids: ${ids(n)}) { reviews(first: 2) { latest { title } } } }`,
  'Viewer.orders': (n) => `{ viewer { orders(first: ${n}) { number lines { product { name } } } } }`,
  'Viewer.recommendations': (n) =>
    `{ viewer { recommendations(first: ${Math.min(n, 20)}) { product { ${PRODUCT} } } } }`,
  'Cart.lines': () =>
    `{ viewer { cart { quote { total { amount } } lines { total { amount } product { ${PRODUCT} } } } } }`,
  'Order.lines': () => `{ viewer { orders(first: 1) { lines { product { ${PRODUCT} } } } } }`,
}

test('every list of the schema is in the table of this test', () => {
  const lists = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) =>
      Object.values(type.getFields())
        .filter(({ type }) => isListType(isNonNullType(type) ? type.ofType : type))
        .map((field) => `${type.name}.${field.name}`),
    )
  expect(Object.keys(LISTS).toSorted()).toEqual(lists.toSorted())
})

test.for(Object.entries(LISTS))(
  '%s makes the same upstream calls for 50 rows as for 1',
  async ([list, query]) => {
    // A cart and an order have as many lines as they have: there is no argument for it.
    const lines = (n: number) => (list.endsWith('.lines') ? n : 2)
    const [one, fifty] = await Promise.all([callsOf(query(1), lines(1)), callsOf(query(50), lines(50))])
    expect(fifty).toEqual(one)
  },
)

async function callsOf(query: string, lines: number) {
  const { calls, query: send } = testApp({ upstreams: fakeUpstreams({ lines }), allowAdhoc: true })
  const { errors } = await send(query, { as: 'customer' })
  expect(errors).toBeUndefined()
  return calls
}

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

test('ids that are asked for twice are fetched once', async () => {
  const { calls, query } = testApp({ allowAdhoc: true })
  await query(
    '{ a: product(id: "p1001") { name } b: product(id: "p1001") { price { amount } } c: products(ids: ["p1001", "p1002"]) { name } }',
  )
  expect(calls).toEqual({ 'catalog.byIds': 1, 'pricing.prices': 1 })
})
