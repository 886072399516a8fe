import { UpstreamError } from '@harbor/shared-runtime/errors'
import { expect, test } from 'vitest'
import { fakeUpstreams } from '../test/fake-upstreams.ts'
import { CSRF, testApp } from '../test/test-app.ts'

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
  expect(data?.viewer).toMatchObject({ displayName: 'Ada L.' })
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
  const dashboard = await withFailing('customers').operation('Dashboard', { as: 'customer' })
  expect([dashboard.status, dashboard.data]).toEqual([503, null])
  expect(dashboard.errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true })
  expect(dashboard.extensions).toBeUndefined()
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
