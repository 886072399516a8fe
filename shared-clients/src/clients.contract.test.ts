import { type MockServices, startMockServices } from '@harbor/mock-services'
import { createTokenVerifier, type Viewer } from '@harbor/shared-runtime/auth'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ClientSet, type Clients, createClients } from './clients.ts'
import type { StockEvent } from './inventory.ts'

const CUSTOMER = 'c1001'
const LINES = [
  { sku: 'HB-1001', quantity: 2 },
  { sku: 'HB-1002', quantity: 1 },
]
const EUR = { amountMinor: 4_200, currency: 'EUR' }
const AT = '2026-03-01T12:00:00.000Z'

type Call = (clients: Clients) => Promise<unknown>

/** One call of every method of every client, with ids of the seed; the compiler asks for one that is missing. */
type Calls = { [Name in Exclude<keyof Clients, 'optional'>]: { [Method in keyof Clients[Name]]: Call } }

const CALLS: Calls = {
  analytics: {
    record: ({ analytics }) =>
      analytics.record([{ name: 'cart_add', at: AT, properties: { sku: 'HB-1001', quantity: 1 } }]),
  },
  cart: {
    byId: ({ cart }) => cart.byId('k1001'),
    ofCustomer: ({ cart }) => cart.ofCustomer(CUSTOMER),
  },
  catalog: {
    byId: ({ catalog }) => catalog.byId('p1001'),
    byIds: ({ catalog }) => catalog.byIds(['p1002', 'p1001', 'p3000']),
    list: ({ catalog }) => catalog.list({ category: 'cat-01', limit: 100 }),
    search: ({ catalog }) => catalog.search('e', { limit: 20 }),
  },
  customers: {
    byId: ({ customers }) => customers.byId(CUSTOMER),
    byIds: ({ customers }) => customers.byIds([CUSTOMER]),
  },
  fraud: {
    assess: ({ fraud }) =>
      fraud.assess({ customerId: CUSTOMER, total: EUR, lines: LINES, shippingCountry: 'DE' }),
  },
  inventory: {
    stock: ({ inventory }) => inventory.stock(['HB-1001', 'HB-1002'], { timeoutMs: 2_000 }),
    watchStock: async ({ inventory }) => {
      const events: StockEvent[] = []
      for await (const event of inventory.watchStock({ warehouse: 'ber' })) {
        events.push(event)
        if (event.kind === 'snapshot-end') break
      }
      return events
    },
  },
  notifications: {
    ofCustomer: ({ notifications }) => notifications.ofCustomer(CUSTOMER, { limit: 20 }),
  },
  orders: {
    byId: ({ orders }) => orders.byId('o104997'),
    ofCustomer: ({ orders }) => orders.ofCustomer(CUSTOMER, { limit: 100 }),
  },
  payments: {
    byIds: ({ payments }) => payments.byIds(['pay104997']),
  },
  pricing: {
    prices: ({ pricing }) => pricing.prices(['HB-1001', 'HB-1002']),
    quote: ({ pricing }) => pricing.quote('k1001', { timeoutMs: 2_000 }),
  },
  promotions: {
    forCart: ({ promotions }) => promotions.forCart('k1001'),
    forSkus: ({ promotions }) => promotions.forSkus(Array.from({ length: 250 }, (_, n) => `HB-${1001 + n}`)),
  },
  recommendations: {
    forCustomer: ({ recommendations }) => recommendations.forCustomer(CUSTOMER, { limit: 6 }),
    forProducts: ({ recommendations }) => recommendations.forProducts(['p1001', 'p1002'], { limit: 4 }),
  },
  reviews: {
    ofProducts: ({ reviews }) => reviews.ofProducts(['p1001', 'p1002'], { limit: 5 }),
  },
  shipping: {
    quotes: ({ shipping }) =>
      shipping.quotes({ cartId: 'k1001', lines: LINES, country: 'DE', postalCode: '10115' }),
    ofOrders: async ({ shipping }) => shipping.ofOrders(await orderIds()),
  },
  tax: {
    calculate: ({ tax }) =>
      tax.calculate({
        country: 'DE',
        currency: 'EUR',
        lines: LINES.map((line) => ({ ...line, netMinor: 1_000 })),
      }),
  },
  telemetry: {
    devicesOf: ({ telemetry }) => telemetry.devicesOf('ber'),
    latest: ({ telemetry }) => telemetry.latest(['d101', 'd102'], { limit: 5 }),
    record: ({ telemetry }) =>
      telemetry.record([{ deviceId: 'd101', name: 'temperature', unit: '°C', value: 21.5, at: AT }]),
  },
}

let mocks: MockServices
let clients: ClientSet
let customer: Viewer

beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  clients = createClients({
    addresses: mocks.services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
  })
  const { mobileAccessToken } = await mocks.demo()
  customer = { id: CUSTOMER, roles: new Set(), scopes: new Set(), token: mobileAccessToken }
}, 30_000)
beforeEach(() => mocks.resetCalls())
afterAll(async () => {
  await clients.close()
  await mocks.close()
})

const bound = (viewer?: Viewer) => clients.forRequest(createRequestContext({ budgetMs: 10_000, viewer }))

/** The seed's orders of the customer: the ids of what hangs on them is not part of their client. */
const orderIds = async () =>
  (await bound().orders.ofCustomer(CUSTOMER, { limit: 20 })).items.map(({ id }) => id)

/** How many things an answer holds: an empty one would satisfy any schema. */
function count(answer: unknown): number {
  if (answer instanceof Map) return answer.size
  if (Array.isArray(answer)) return answer.length
  if (typeof answer === 'object' && answer !== null && 'items' in answer) return count(answer.items)
  return 1
}

const ALL = Object.entries(CALLS).flatMap(([name, methods]) =>
  Object.entries<Call>(methods).map(([method, call]) => ({ name: `${name}.${method}`, call })),
)

/** What services answer and no client names. */
const UNNAMED =
  /supplierId|internalSegmentTag|moderationScore|reorderCost|internalBudgetCode|modelVersion|processorRef|jurisdictionCode|birthDate/

test.each(ALL)(
  '$name agrees with the service, for the user and without one',
  { retry: 1 },
  async ({ call }) => {
    for (const viewer of [customer, undefined]) {
      const answer = await call(bound(viewer))
      expect(count(answer)).toBeGreaterThan(0)
      const held = JSON.stringify(answer instanceof Map ? [...answer.values()] : answer) ?? ''
      expect(held).not.toMatch(UNNAMED)
    }
  },
)

test.each<[string, Call]>([
  ['profile', ({ customers }) => customers.byId('c1002')],
  ['cart', ({ cart }) => cart.ofCustomer('c1002')],
  ['cart by its id', ({ cart }) => cart.byId('k1002')],
  ['inbox', ({ notifications }) => notifications.ofCustomer('c1002', { limit: 1 })],
])('another customer’s %s does not exist for the user', { retry: 1 }, async (_, call) => {
  await expect(call(bound(customer))).rejects.toMatchObject({ name: 'UpstreamError', code: 'not_found' })
  await expect(call(bound())).resolves.toBeDefined()
})

test('what does not exist is not found, alone, and left out among others', { retry: 1 }, async () => {
  const { catalog, inventory, pricing } = bound()
  await expect(catalog.byId('p9999')).rejects.toMatchObject({ code: 'not_found' })
  expect([...(await catalog.byIds(['p9999', 'p1001'])).keys()]).toEqual(['p1001'])
  expect([...(await pricing.prices(['HB-9999', 'HB-1001'])).keys()]).toEqual(['HB-1001'])
  expect([...(await inventory.stock(['HB-9999', 'HB-1001'])).keys()]).toEqual(['HB-1001'])
})

test('two hundred and fifty ids are three calls, for many rows a key as for one', { retry: 1 }, async () => {
  mocks.resetCalls()
  const { promotions, reviews } = bound()
  const numbers = Array.from({ length: 250 }, (_, n) => 1_001 + n)
  const rated = await reviews.ofProducts(
    numbers.map((n) => `p${n}`),
    { limit: 2 },
  )
  const running = await promotions.forSkus(numbers.map((n) => `HB-${n}`))
  expect(mocks.calls()).toMatchObject({
    reviews: { 'GET /products/reviews': 3 },
    promotions: { 'GET /promotions': 3 },
  })
  expect(rated.size).toBe(250)
  for (const [id, { latest }] of rated) for (const { productId } of latest) expect(productId).toBe(id)
  expect(running.length).toBeGreaterThan(0)
})

test('the keys of identity verify the tokens that it issues', async () => {
  const issuer = mocks.services.identity
  const verify = createTokenVerifier({ issuer, audience: 'mobile-bff', loadKeys: clients.identityKeys })
  expect(await verify(customer.token)).toMatchObject({ id: CUSTOMER, roles: new Set(['customer']) })
})
