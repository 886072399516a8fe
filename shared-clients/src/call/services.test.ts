/** The whole way of a call, from `createClients` to the real mock services. */
import { startMockServices } from '@harbor/mock-services'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { request, timed } from '../../test/upstream.ts'
import { type ClientSet, createClients } from '../index.ts'

let mocks: Awaited<ReturnType<typeof startMockServices>>
let clients: ClientSet
let demo: { productId: string; sku: string }

beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  demo = await mocks.demo()
})
afterAll(() => mocks.close())
afterEach(async () => {
  await mocks.clearFaults()
  mocks.resetCalls()
  await clients.close()
})

const open = () => {
  clients = createClients({
    addresses: mocks.services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
  })
  return clients
}

/** The first call of new clients waits for connections and a token, on a busy machine longer than its timeout. */
async function first<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++)
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof UpstreamError) || error.code !== 'timeout' || tries === 20) throw error
    }
}

test('every client tells how its upstream is', async () => {
  open()
  await first(() => clients.forRequest(request()).catalog.byId(demo.productId))
  const states = clients.states()
  expect(Object.keys(states)).toHaveLength(16)
  expect(states.catalog).toEqual({ breaker: 'closed', inFlight: 0, queued: 0 })
})

test.each<['HTTP' | 'gRPC', 'catalog' | 'inventory', () => Promise<unknown>]>([
  ['HTTP', 'catalog', () => clients.forRequest(request()).catalog.byId(demo.productId)],
  ['gRPC', 'inventory', () => clients.forRequest(request()).inventory.stock([demo.sku])],
])('over %s: identical calls of many requests are one call of %s', async (_, service, call) => {
  open()
  await first(call)
  mocks.resetCalls()
  await mocks.setFault(service, { latencyMs: 40 })
  const values = await Promise.all(Array.from({ length: 20 }, call))
  expect(values).toHaveLength(20)
  expect(mocks.lastCalls(service)).toHaveLength(1)
})

test.each<['HTTP' | 'gRPC', 'catalog' | 'inventory', (n: number) => Promise<unknown>]>([
  ['HTTP', 'catalog', (n) => clients.forRequest(request()).catalog.byId(`p${n}`)],
  ['gRPC', 'inventory', (n) => clients.forRequest(request()).inventory.stock([`sku-${n}`])],
])('over %s: %s down opens its breaker alone, and comes back', async (_, service, call) => {
  open()
  await call(0).catch(() => {})
  await mocks.setFault(service, { errorRate: 1 })
  for (let n = 0; n < 30; n++) await call(n).catch(() => {})
  const states = clients.states()
  expect(states[service]?.breaker).toBe('open')
  expect(Object.values(states).filter(({ breaker }) => breaker !== 'closed')).toHaveLength(1)

  const before = mocks.lastCalls(service).length
  const { ms, error } = await timed(call(99))
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(ms).toBeLessThan(50)
  expect(mocks.lastCalls(service)).toHaveLength(before)

  await mocks.clearFaults(service)
  const closed = () =>
    call(0).then(
      () => clients.states()[service]?.breaker,
      () => clients.states()[service]?.breaker,
    )
  await expect.poll(closed, { timeout: 3_000, interval: 50 }).toBe('closed')
})

test('the clients for what is optional are the same clients', async () => {
  const { optional } = open().forRequest(request())
  expect((await optional.catalog.byId(demo.productId)).id).toBe(demo.productId)
  expect(optional.optional.catalog).toBe(optional.optional.catalog)
})
