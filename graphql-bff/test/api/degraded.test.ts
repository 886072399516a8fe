import { UpstreamError } from '@harbor/shared-runtime/errors'
import { MalformedRow } from '@harbor/shared-runtime/rows'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { executed } from '../execute.ts'
import { notification, order, product, recommendation } from '../fake-rows.ts'
import { fakeUpstreams, list, rows } from '../fake-upstreams.ts'
import { CSRF, testApp } from '../test-app.ts'

const down = (upstream: string) => new UpstreamError(upstream, 'unavailable', 'secret words of an upstream')
const withFailing = (upstream: string, error: unknown = down(upstream)) =>
  testApp({ upstreams: fakeUpstreams({ failing: { [upstream]: error } }) })

test.for([
  ['pricing', ['product.price']],
  ['inventory', ['product.stock']],
  ['reviews', ['product.reviews']],
  ['recommendations', ['product.recommendations']],
] as const)('a product page without %s is whole but for %j', async ([upstream, parts]) => {
  const { operation } = withFailing(upstream)
  const { status, data, errors, extensions, text } = await operation('ProductPage', {
    variables: { id: 'p1001' },
  })
  expect(status).toBe(200)
  expect(data?.product).toMatchObject({ name: 'Product p1001' })
  expect(extensions?.degraded).toEqual(parts)
  expect(errors?.map(({ path }) => path?.join('.'))).toEqual(parts)
  expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true })
  expect(text).not.toContain('secret words')
})

test.for([
  ['customers', ['viewer.displayName', 'viewer.email', 'viewer.loyalty']],
  ['cart', ['viewer.cart']],
  ['orders', ['viewer.orders']],
  ['recommendations', ['viewer.recommendations']],
  ['notifications', ['viewer.unreadNotifications']],
  ['pricing', ['viewer.cart.quote', 'viewer.cart.lines.total']],
] as const)('a dashboard without %s is whole but for %j', async ([upstream, parts]) => {
  const { status, data, extensions } = await withFailing(upstream).operation('Dashboard', {
    as: 'customer',
  })
  expect(status).toBe(200)
  expect(data?.viewer).toMatchObject({ ...(upstream !== 'customers' && { displayName: 'Ada L.' }) })
  expect(extensions?.degraded.toSorted()).toEqual(parts.toSorted())
})

test('a list names a degraded part once, however many rows lack it', async () => {
  const { operation } = withFailing('pricing')
  const { errors, extensions } = await operation('ProductList', { variables: { ids: ['p1001', 'p1002'] } })
  expect(errors).toHaveLength(2)
  expect(extensions?.degraded).toEqual(['products.price'])
})

test('without its critical upstream an operation is an error with the status of its code', async () => {
  const list = await withFailing('catalog').operation('ProductList', { variables: { ids: ['p1001'] } })
  expect([list.status, list.data]).toEqual([503, null])
  expect(list.response.headers.get('retry-after')).toBe('1')
})

test('a product that does not exist is null, and nothing is degraded', async () => {
  const { operation, calls } = testApp()
  const answer = await operation('ProductPage', { variables: { id: 'p9' } })
  expect(answer.data).toEqual({ product: null })
  expect(answer.errors ?? answer.extensions).toBeUndefined()
  expect(calls).toEqual({ 'catalog.byIds': 1 })
})

test('a customer without a cart has none, and nothing is degraded', async () => {
  const { operation } = withFailing('cart', new UpstreamError('cart', 'not_found', 'no cart'))
  const { data, errors } = await operation('Dashboard', { as: 'customer' })
  expect(data?.viewer).toMatchObject({ cart: null, unreadNotifications: 7 })
  expect(errors).toBeUndefined()
})

test('an error that nobody foresaw is masked, and logged with its trace', async () => {
  const { operation } = withFailing('inventory', new TypeError('password=hunter2 at /srv/app.ts:1'))
  const { errors, text } = await operation('ProductPage', { variables: { id: 'p1001' } })
  expect(errors).toMatchObject([
    { message: 'Something went wrong on our side', extensions: { code: 'INTERNAL' } },
  ])
  expect(text).not.toMatch(/hunter2|app\.ts|stack/)
})

test('an answer with errors is never kept, whatever it is asked for as', async () => {
  for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
    const { app } = withFailing('catalog')
    const response = await app.request('/graphql?documentId=nope', {
      headers: { ...CSRF, accept },
    })
    expect([response.status, response.headers.get('cache-control')]).toEqual([404, 'no-store'])
  }
})

const MALFORMED = new MalformedRow('catalog')

test('a malformed row of a batch costs that row: the list and the other rows are answered', async () => {
  const { data, errors } = await executed(
    '{ products(ids: ["p1001", "p1002", "p9", "p1003"]) { id price { amount } } }',
    {
      answering: {
        catalog: {
          byIds: async () => {
            const found = rows(['p1001', 'p1003'], product)
            found.broken.set('p1002', MALFORMED)
            return found
          },
        },
      },
    },
  )
  expect(data).toMatchObject({ products: [{ id: 'p1001' }, null, { id: 'p1003' }] })
  expect(errors).toEqual([{ path: 'products.1', code: 'UPSTREAM_INVALID' }])
})

test('a malformed row of a page or of a list is null at its place', async () => {
  const second = <Row>(row: (index: number) => Row) => ({
    items: [row(0), row(2)],
    broken: new Map([[1, MALFORMED]]),
    nextCursor: null,
    totalCount: 3,
    unreadCount: 2,
  })
  const { data, errors } = await executed(
    `{ catalogue { edges { node { id } } totalCount } categories { id }
      viewer { recommendations { id } notifications { items { id } } orders { edges { node { number } } } } }`,
    {
      roles: ['customer'],
      answering: {
        catalog: {
          list: async () => second((n) => product(`p${n}`)),
          categories: async () => second((n) => ({ id: `cat-${n}`, name: '', productCount: 1 })),
        },
        recommendations: { forCustomer: async () => second(recommendation) },
        notifications: { ofCustomer: async () => second(notification) },
        orders: { ofCustomer: async () => second((n) => order(n, 1)) },
      },
    },
  )
  expect(data).toMatchObject({
    catalogue: { edges: [{ node: { id: 'p0' } }, { node: null }, { node: { id: 'p2' } }], totalCount: 3 },
    categories: [{ id: 'cat-0' }, null, { id: 'cat-2' }],
    viewer: {
      recommendations: [{ id: 'p2000' }, null, { id: 'p2002' }],
      notifications: { items: [{ id: 'n0' }, null, { id: 'n2' }] },
      orders: { edges: [{}, { node: null }, {}] },
    },
  })
  expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['UPSTREAM_INVALID']))
  expect(errors).toHaveLength(5)
})

test('property: money and counters of any safe size are answered as they are', async () => {
  const amount = fc.oneof(fc.constant(3_000_000_000), fc.maxSafeInteger())
  await fc.assert(
    fc.asyncProperty(amount, fc.maxSafeNat(), async (amountMinor, count) => {
      const { data, errors } = await executed(
        '{ viewer { unreadNotifications orders { edges { node { total { amount } } } totalCount } } }',
        {
          roles: ['customer'],
          answering: {
            notifications: { ofCustomer: async () => ({ ...list([]), unreadCount: count }) },
            orders: {
              ofCustomer: async () => ({
                ...list([{ ...order(1, 1), total: { amountMinor, currency: 'EUR' } }]),
                nextCursor: null,
                totalCount: count,
              }),
            },
          },
        },
      )
      expect(errors).toEqual([])
      expect(data).toMatchObject({
        viewer: {
          unreadNotifications: count,
          orders: { edges: [{ node: { total: { amount: amountMinor } } }], totalCount: count },
        },
      })
    }),
    { numRuns: 25 },
  )
})
