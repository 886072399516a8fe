import { type MockServices, SERVICE_NAMES, startMockServices } from '@harbor/mock-services'
import { createClients } from '@harbor/shared-clients'
import { httpPart } from '@harbor/shared-runtime/http-server'
import { createLog } from '@harbor/shared-runtime/log'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { OPERATIONS } from '../operations.ts'
import { CSRF, HASHES } from '../test-app.ts'
import { testSession } from '../test-session.ts'
import { testWrites } from '../test-writes.ts'

let mocks: MockServices
let address: string
/** Of a customer who is logged in. */
let cookie: string
const session = testSession()
const closing: (() => Promise<void>)[] = []

beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  closing.push(mocks.close)
  const clients = createClients({
    addresses: mocks.services,
    clientId: 'web-bff',
    clientSecret: 'web-bff-secret',
  })
  closing.push(clients.close)
  const { fetch } = createApp({
    clients,
    writes: testWrites(clients),
    session: session.boundary,
    operations: OPERATIONS,
    log: createLog('test', 'silent'),
  })
  const part = httpPart({ name: 'http', fetch, host: '127.0.0.1', port: 0, portSetting: 'PORT' })
  closing.push(part.stop)
  address = (await part.start()) ?? ''
  // First calls fetch tokens and make the seed; from here on only the services themselves are counted.
  const { webAccessToken } = await mocks.demo()
  cookie = await session.cookieOf('customer', { access: webAccessToken })
  await settled(() => call('ProductList', { ids: ids(50), reviews: 1 }))
  await settled(() => call('Dashboard', {}, { cookie }))
})
afterAll(async () => {
  for (const close of closing.toReversed()) await close()
})
beforeEach(async () => {
  await mocks.clearFaults()
  mocks.resetCalls()
})

/** The services, the BFF and the tests share one thread: at times an upstream's 150 ms are too short. */
const SHARED_THREAD = { retry: 2 }

type Sent = { cookie?: string; signal?: AbortSignal; headers?: Record<string, string> }

async function call(name: string, variables: object, { cookie, signal, headers }: Sent = {}) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...CSRF,
      ...(cookie && { cookie }),
      ...headers,
    },
    body: JSON.stringify({ documentId: HASHES[name], variables }),
    ...(signal && { signal }),
  })
  return { status: response.status, ...(await response.json()) }
}

/** Repeats a call until it is answered in full. */
async function settled(send: () => ReturnType<typeof call>) {
  for (let attempt = 0; attempt < 10; attempt++) if ((await send()).errors === undefined) return
}

const ids = (count: number) => Array.from({ length: count }, (_, index) => `p${1001 + index}`)
const PRODUCT_CALLS = {
  catalog: { 'GET /products': 1 },
  pricing: { GetPrices: 1 },
  inventory: { GetStock: 1 },
  reviews: { 'GET /products/reviews': 1 },
  recommendations: { 'GET /products/recommendations': 1 },
}

test.for([1, 50])(
  'a list of %i products is one call of each kind, each row joined by its key',
  SHARED_THREAD,
  async (count) => {
    const { data, errors } = await call('ProductList', { ids: ids(count), reviews: 1 })
    expect(errors).toBeUndefined()
    expect(mocks.calls()).toEqual(PRODUCT_CALLS)
    const single = await call('ProductPage', { id: ids(count).at(-1), reviews: 1, recommendations: 2 })
    const last = data.products.at(-1)
    expect(data.products.map(({ id }: { id: string }) => id)).toEqual(ids(count))
    expect(single.data.product).toMatchObject({
      sku: last.sku,
      price: last.price,
      stock: last.stock,
      reviews: last.reviews,
      recommendations: last.recommendations.map(({ id }: { id: string }) => ({ id })),
    })
  },
)

test('the dashboard is one call of each kind, in the name of its user', SHARED_THREAD, async () => {
  const { customer } = await mocks.demo()
  const { data, errors } = await call('Dashboard', {}, { cookie })
  expect(errors).toBeUndefined()
  expect(data.viewer.recommendations).toHaveLength(10)
  expect(data.viewer.cart.quote.total.formatted).toMatch(/^€/)
  const calls = Object.entries(mocks.calls()).filter(([service]) => service !== 'identity')
  expect(calls.every(([, byPath]) => Object.values(byPath).every((count) => count === 1))).toBe(true)
  expect(mocks.lastCalls('orders').at(-1)?.headers.authorization).toMatchObject({
    sub: customer.id,
    act: { sub: 'web-bff' },
  })
})

test('a bearer token is no credential here, and the cookie goes no further', async () => {
  const { webAccessToken } = await mocks.demo()
  const bearer = await call('Dashboard', {}, { headers: { authorization: `Bearer ${webAccessToken}` } })
  expect([bearer.status, bearer.errors[0].extensions.code]).toEqual([401, 'UNAUTHENTICATED'])
  expect(mocks.calls()).toEqual({})
  await call('Dashboard', {}, { cookie: `${cookie}; canary=crumb-6f1d` })
  const received = JSON.stringify(SERVICE_NAMES.map((name) => mocks.lastCalls(name)))
  expect(received).toContain('c1001')
  expect(received).not.toMatch(/canary|crumb|dev-session|"cookie"/)
})

test('an optional upstream that hangs costs its own part, not the budget', async () => {
  await mocks.setFault('recommendations', { hang: true })
  const started = performance.now()
  const { data, errors, extensions } = await call('ProductPage', { id: 'p1001' })
  expect(performance.now() - started).toBeLessThan(900)
  expect(data.product).toMatchObject({ id: 'p1001', recommendations: null })
  expect(extensions.degraded).toEqual(['product.recommendations'])
  expect(errors[0].extensions).toMatchObject({ code: 'UPSTREAM_TIMEOUT', retryable: true })
})

test('an answer that is not as agreed is told from one that did not come', async () => {
  await mocks.setFault('reviews', { malformed: true })
  const { errors } = await call('ProductPage', { id: 'p1001' })
  expect(errors[0].extensions).toMatchObject({ code: 'UPSTREAM_INVALID', retryable: false })
})

test('a consumer that leaves takes its upstream calls along', async () => {
  await mocks.setFault('catalog', { hang: true })
  const controller = new AbortController()
  const leaving = call('ProductPage', { id: 'p1001' }, { signal: controller.signal })
  await expect.poll(() => mocks.calls().catalog).toBeDefined()
  const left = performance.now()
  controller.abort()
  await expect(leaving).rejects.toThrow()
  await expect.poll(() => mocks.lastCalls('catalog').at(-1)?.cancelled, { interval: 5 }).toBe(true)
  expect(performance.now() - left).toBeLessThan(150) // the catalog's own timeout is 250 ms
})

test('every upstream call belongs to the trace of the request', async () => {
  const traceId = '0af7651916cd43dd8448eb211c80319c'
  await call(
    'ProductPage',
    { id: 'p1001' },
    { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
  )
  for (const service of ['catalog', 'pricing', 'reviews'] as const)
    expect(mocks.lastCalls(service).at(-1)?.headers.traceparent).toContain(traceId)
})
