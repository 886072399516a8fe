import { randomUUID } from 'node:crypto'
import type { Clients } from '../src/clients.ts'
import type { StockEvent } from '../src/services/inventory.ts'

export const CUSTOMER = 'c1001'
const LINES = [
  { sku: 'HB-1001', quantity: 2 },
  { sku: 'HB-1002', quantity: 1 },
]
const EUR = { amountMinor: 4_200, currency: 'EUR' }
const AT = '2026-03-01T12:00:00.000Z'

const newOrder = {
  customerId: CUSTOMER,
  // Another customer's, so that this one's cart stays full.
  cartId: 'k1002',
  cartVersion: 1,
  lines: LINES,
  quoteId: 'quote',
  reservationId: 'reservation',
}
/** Payments of different states of a cart: one state has one authorisation that is not void. */
let states = 0
const newPayment = () => ({
  customerId: CUSTOMER,
  amount: EUR,
  method: 'card',
  cart: { id: 'k1001', version: 1_000_000 + ++states },
})
const freshKey = () => `contract-${randomUUID()}`
const write = () => ({ idempotencyKey: freshKey() })

/** What is done in the name of a user only. */
export const USER_ONLY: ReadonlySet<string> = new Set([
  'cart.addLine',
  'cart.setQuantity',
  'cart.removeLine',
  'customers.setPreferences',
  'notifications.markRead',
])

/** What a customer's token may not ask for, and a BFF on its own behalf or staff may. */
export const STAFF_ONLY: ReadonlySet<string> = new Set([
  'cart.rows',
  'customers.rows',
  'inventory.rows',
  'orders.auditEvents',
  'pricing.rows',
  'promotions.rows',
  'reviews.rows',
  'shipping.rows',
  'tax.rows',
])

/** What only a person of the staff may do. */
export const STAFF_WRITES: ReadonlySet<string> = new Set(['inventory.setStock'])

const page = { limit: 20 }

export type Call = (clients: Clients) => Promise<unknown>

/** One call of every method of every client, with ids of the seed; the compiler asks for one that is missing. */
type Calls = { [Name in Exclude<keyof Clients, 'optional'>]: { [Method in keyof Clients[Name]]: Call } }

const CALLS: Calls = {
  analytics: {
    record: ({ analytics }) =>
      analytics.record([{ name: 'cart_add', at: AT, properties: { sku: 'HB-1001', quantity: 1 } }]),
  },
  cart: {
    byId: ({ cart }) => cart.byId('k1001'),
    nowById: ({ cart }) => cart.nowById('k1001'),
    ofCustomer: ({ cart }) => cart.ofCustomer(CUSTOMER),
    rows: ({ cart }) => cart.rows({ ...page, sort: '-id' }),
    addLine: ({ cart }) => cart.addLine('k1001', { sku: 'HB-1009', quantity: 1 }, write()),
    setQuantity: ({ cart }) => cart.setQuantity('k1001', { sku: 'HB-1001', quantity: 2 }, write()),
    removeLine: ({ cart }) => cart.removeLine('k1001', 'HB-1009', write()),
  },
  catalog: {
    byId: ({ catalog }) => catalog.byId('p1001'),
    byIds: ({ catalog }) => catalog.byIds(['p1002', 'p1001', 'p3000']),
    list: ({ catalog }) => catalog.list({ category: 'cat-01', limit: 100 }),
    listNow: ({ catalog }) => catalog.listNow({ limit: 100 }),
    nowByIds: ({ catalog }) => catalog.nowByIds(['p1002', 'p1001', 'p3000']),
    nowBySkus: ({ catalog }) => catalog.nowBySkus(['HB-1002', 'HB-1001']),
    categories: ({ catalog }) => catalog.categories(),
    rows: ({ catalog }) => catalog.rows({ ...page, category: 'cat-01', sort: 'name' }),
    search: ({ catalog }) => catalog.search('e', { limit: 20 }),
  },
  customers: {
    byId: ({ customers }) => customers.byId(CUSTOMER),
    byIds: ({ customers }) => customers.byIds([CUSTOMER]),
    rows: ({ customers }) => customers.rows({ ...page, q: 'a', sort: 'name' }),
    setPreferences: ({ customers }) =>
      customers.setPreferences(
        CUSTOMER,
        {
          channels: { email: true, push: false, sms: false },
          topics: { orders: true, offers: false, stock: true },
        },
        freshKey(),
      ),
  },
  fraud: {
    assess: ({ fraud }) =>
      fraud.assess({ customerId: CUSTOMER, total: EUR, lines: LINES, shippingCountry: 'DE' }, freshKey()),
  },
  inventory: {
    stock: ({ inventory }) => inventory.stock(['HB-1001', 'HB-1002'], { timeoutMs: 2_000 }),
    rows: ({ inventory }) => inventory.rows({ ...page, warehouse: 'ber', sort: '-available' }),
    reserve: ({ inventory }) => inventory.reserve(freshKey(), LINES.slice(0, 1)),
    setStock: ({ inventory }) => inventory.setStock({ warehouse: 'ham', sku: 'HB-1500', available: 7 }),
    release: ({ inventory }) => inventory.release(freshKey()),
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
    markRead: ({ notifications }) => notifications.markRead(CUSTOMER, ['n1001-1'], freshKey()),
  },
  orders: {
    byId: ({ orders }) => orders.byId('o104997'),
    rows: ({ orders }) => orders.rows({ ...page, status: 'DELIVERED' }),
    auditEvents: ({ orders }) => orders.auditEvents({ ...page, action: 'SHIPPED' }),
    create: ({ orders }) => orders.create({ ...newOrder, paymentId: freshKey() }, freshKey()),
    ofCustomer: ({ orders }) => orders.ofCustomer(CUSTOMER, { limit: 100 }),
  },
  payments: {
    byIds: ({ payments }) => payments.byIds(['pay104997']),
    rows: ({ payments }) => payments.rows({ ...page, status: 'CAPTURED' }),
    authorise: ({ payments }) => payments.authorise(newPayment(), freshKey()),
    void: async ({ payments }) => {
      const { id } = await payments.authorise(newPayment(), freshKey())
      return payments.void(id, freshKey())
    },
  },
  pricing: {
    prices: ({ pricing }) => pricing.prices(['HB-1001', 'HB-1002']),
    pricesNow: ({ pricing }) => pricing.pricesNow(['HB-1001', 'HB-1002']),
    rows: ({ pricing }) => pricing.rows({ ...page, sort: '-discount' }),
    quote: ({ pricing }) => pricing.quote('k1001', { timeoutMs: 2_000 }),
  },
  promotions: {
    forCart: ({ promotions }) => promotions.forCart('k1001'),
    rows: ({ promotions }) => promotions.rows({ ...page, sort: 'endsAt' }),
    forSkus: ({ promotions }) => promotions.forSkus(Array.from({ length: 250 }, (_, n) => `HB-${1001 + n}`)),
  },
  recommendations: {
    forCustomer: ({ recommendations }) => recommendations.forCustomer(CUSTOMER, { limit: 6 }),
    forProducts: ({ recommendations }) => recommendations.forProducts(['p1001', 'p1002'], { limit: 4 }),
  },
  reviews: {
    rows: ({ reviews }) => reviews.rows({ ...page, rating: 5 }),
    ofProducts: ({ reviews }) => reviews.ofProducts(['p1001', 'p1002'], { limit: 5 }),
  },
  shipping: {
    quotes: ({ shipping }) =>
      shipping.quotes({ cartId: 'k1001', lines: LINES, country: 'DE', postalCode: '10115' }),
    rows: ({ shipping }) => shipping.rows({ ...page, status: 'DELIVERED' }),
    createShipment: ({ shipping }) => shipping.createShipment('o104997', freshKey()),
    ofOrders: async ({ orders, shipping }) => shipping.ofOrders(await orderIds({ orders })),
  },
  tax: {
    rows: ({ tax }) => tax.rows(page),
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
      telemetry.record([
        { id: 'r1', deviceId: 'd101', name: 'temperature', unit: '°C', value: 21.5, at: AT },
      ]),
  },
}

/** The seed's orders of the customer: the ids of what hangs on them is not part of their client. */
const orderIds = async ({ orders }: Pick<Clients, 'orders'>) =>
  (await orders.ofCustomer(CUSTOMER, { limit: 20 })).items.map(({ id }) => id)

/** Every call of every client: a new one is tested with the others by itself. */
export const ALL_CALLS = Object.entries(CALLS).flatMap(([service, methods]) =>
  Object.entries<Call>(methods).map(([method, call]) => ({ name: `${service}.${method}`, service, call })),
)
