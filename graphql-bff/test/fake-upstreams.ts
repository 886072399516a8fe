import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { type List, MalformedRow, Rows } from '@harbor/shared-runtime/rows'
import type { Upstreams } from '../src/upstreams.ts'
import {
  at,
  audit,
  cart,
  customer,
  line,
  money,
  notification,
  numbered,
  order,
  product,
  recommendation,
  review,
} from './fake-rows.ts'

export { CANARIES } from './fake-rows.ts'

export const rows = <Row>(keys: readonly string[], row: (key: string) => Row): Rows<Row> =>
  // Backwards: nothing may depend on the order of an upstream's rows.
  new Rows([...new Set(keys)].reverse().map((key) => [key, row(key)] as const))

export const list = <Row>(items: Row[]): List<Row> => ({ items, broken: new Map() })

/** A page of as many rows as are asked for, and one more page after it. */
const page = async <Row>({ limit }: { limit: number }, row: (index: number) => Row) => ({
  ...list(numbered(limit).map(row)),
  nextCursor: 'next',
  totalCount: 1_000,
})

const preferences = customer('c1').preferences
const knownProduct = (id: string) => /^p\d{4}$/.test(id)
const productNumber = (index: number) => product(`p${4_000 + index}`)

/** Upstreams that answer from memory. `lines`: how many a cart and an order have; `devices`: how many a store has. */
const answers = (lines: number, devices: number): Upstreams => ({
  catalog: {
    byIds: async (ids) => rows(ids.filter(knownProduct), product),
    list: (query) => page(query, productNumber),
    search: (_, query) => page(query, productNumber),
    categories: async () =>
      list(numbered(3).map((n) => ({ id: `cat-0${n}`, name: 'Ropes', productCount: 5_000_000_000 }))),
    rows: (query) => page(query, (index) => ({ ...productNumber(index), audit })),
  },
  pricing: {
    prices: async (skus) =>
      rows(skus, (sku) => ({
        sku,
        currency: 'EUR',
        listMinor: 1000,
        saleMinor: Number(sku.slice(3)),
        discountBasisPoints: 0,
      })),
    rows: (query) =>
      page(query, (n) => ({
        sku: `HB-${4_000 + n}`,
        currency: 'EUR',
        listMinor: 1_000,
        saleMinor: 900,
        discountBasisPoints: 1_000,
        priceListId: 'PL-1',
        validUntil: at,
        audit,
      })),
    quote: async (cartId) => ({
      quoteId: `q-${cartId}`,
      currency: 'EUR',
      lines: numbered(lines).map((n) => ({
        sku: line(n).sku,
        quantity: 2,
        unitMinor: 250,
        totalMinor: 500 + n,
        discountBasisPoints: 0,
      })),
      subtotalMinor: 500,
      discountMinor: 0,
      cartVersion: 1,
      totalMinor: 500,
    }),
  },
  inventory: {
    stock: async (skus) =>
      rows(skus, (sku) => ({
        sku,
        warehouses: [
          { warehouse: 'ber', available: 3, reserved: 0 },
          { warehouse: 'tyo', available: 1, reserved: 0 },
        ],
      })),
    rows: (query) =>
      page(query, (n) => ({ sku: `HB-${4_000 + n}`, warehouse: 'ber', available: 3, reserved: 0, audit })),
    setStock: async (level) => ({ ...level, eventId: '1' }),
    reserve: async () => ({ reserved: true, shortSkus: [] }),
    release: async () => {},
  },
  reviews: {
    ofProducts: async (ids, { limit }) =>
      rows(ids, (productId) => ({
        productId,
        average: 4.5,
        count: 2,
        histogram: [0, 0, 0, 1, 1],
        latest: numbered(limit).map((n) => review(productId, n)),
      })),
    rows: (query) =>
      page(query, (n) => ({
        ...review(`p${4_000 + n}`, n),
        verifiedPurchase: true,
        moderationState: 'APPROVED',
        audit,
      })),
  },
  recommendations: {
    forCustomer: async (_, { limit }) => list(numbered(limit).map(recommendation)),
    forProducts: async (ids, { limit }) =>
      rows(ids, (productId) => ({ productId, recommended: list(numbered(limit).map(recommendation)) })),
  },
  customers: {
    byIds: async (ids) =>
      rows(
        ids.filter((id) => id.startsWith('c')),
        customer,
      ),
    rows: (query) => page(query, (n) => ({ ...customer(`c${1_001 + n}`), audit })),
    setPreferences: async (_, wanted) => wanted ?? preferences,
  },
  cart: {
    byId: async (id) => cart(id.replace('k', 'c'), lines),
    nowById: async (id) => cart(id.replace('k', 'c'), lines),
    ofCustomer: async (id) => cart(id, lines),
    rows: (query) => page(query, (n) => ({ ...cart(`c${1_001 + n}`, lines), audit })),
    addLine: async (id) => cart(id.replace('k', 'c'), lines),
    setQuantity: async (id) => cart(id.replace('k', 'c'), lines),
    removeLine: async (id) => cart(id.replace('k', 'c'), lines),
  },
  orders: {
    ofCustomer: (_, query) =>
      page(query, (n) => ({ ...order(n, lines), ...(query.number && { number: query.number }) })),
    rows: (query) =>
      page(query, (n) => ({
        ...order(n, lines),
        customerId: `c${1_001 + n}`,
        audit: numbered(lines).map(() => ({ at, actor: 's1', action: 'PICKED', note: '' })),
      })),
    auditEvents: (query) =>
      page(query, (n) => ({ id: `e${n}`, orderId: `o${n}`, at, actor: 's1', action: 'PICKED', note: '' })),
    create: async () => order(1, lines),
  },
  payments: {
    rows: (query) =>
      page(query, (n) => ({
        id: `pay${n}`,
        customerId: `c${1_001 + n}`,
        status: 'CAPTURED',
        amount: money(500),
        createdAt: at,
        audit,
      })),
    authorise: async ({ customerId, amount }) => ({
      id: 'pay1',
      customerId,
      status: 'AUTHORISED',
      amount,
      createdAt: at,
    }),
    void: async () => ({
      id: 'pay1',
      customerId: 'c1001',
      status: 'VOIDED',
      amount: money(1),
      createdAt: at,
    }),
  },
  promotions: {
    rows: (query) =>
      page(query, (n) => ({
        id: `pr${n}`,
        sku: `HB-${4_000 + n}`,
        label: 'Less',
        discountBasisPoints: 500,
        endsAt: at,
        startsAt: at,
        campaignName: 'Autumn',
        audit,
      })),
  },
  shipping: {
    ofOrders: async (ids) =>
      rows(ids, (orderId) => ({
        id: `s-${orderId}`,
        orderId,
        status: 'IN_TRANSIT',
        trackingCode: 'T1',
        estimatedDelivery: at,
      })),
    rows: (query) =>
      page(query, (n) => ({
        id: `s${n}`,
        orderId: `o${n}`,
        status: 'IN_TRANSIT',
        trackingCode: 'T1',
        estimatedDelivery: at,
        carrierCode: 'DHL',
        cost: money(300),
        audit,
      })),
    createShipment: async () => {},
  },
  tax: {
    rows: (query) =>
      page(query, (n) => ({
        id: `t${n}`,
        orderId: `o${n}`,
        calculatedAt: at,
        totalMinor: 95,
        currency: 'EUR',
        lines: numbered(lines).map((l) => ({ sku: line(l).sku, rateBasisPoints: 1_900, taxMinor: 95 })),
      })),
  },
  fraud: { assess: async () => ({ id: 'a1', decision: 'ACCEPT' }) },
  notifications: {
    ofCustomer: async (_, { limit }) => ({ ...list(numbered(limit).map(notification)), unreadCount: 7 }),
    markRead: async () => 0,
  },
  telemetry: {
    devicesOf: async (store) =>
      list(numbered(devices).map((n) => ({ id: `d${101 + n}`, store, model: 'shelf-label' }))),
    latest: async (ids, { limit }) =>
      rows(ids, (deviceId) =>
        numbered(limit).map(() => ({ deviceId, name: 'temperature', unit: 'Cel', value: 4.5, at })),
      ),
  },
})

/** The same answer with its first row malformed. */
function withBrokenRow(upstream: string, answer: unknown): unknown {
  const error = new MalformedRow(upstream)
  if (answer instanceof Rows) {
    const [key] = answer.keys()
    if (key === undefined) return answer
    answer.delete(key)
    answer.broken.set(key, error)
    return answer
  }
  if (!(answer instanceof Object && 'items' in answer && Array.isArray(answer.items))) return answer
  return { ...answer, items: answer.items.slice(1), broken: new Map([[0, error]]) }
}

type Changes = { [Name in keyof Upstreams]?: Partial<Upstreams[Name]> }

type Options = {
  lines?: number
  devices?: number
  /** Milliseconds that the next call takes. */
  takesMs?: () => number
  /** Upstreams that fail, each with its error. */
  failing?: { [Name in keyof Upstreams]?: unknown }
  /** Whether the first row of each list is malformed. */
  brokenRows?: boolean
  /** Calls that answer something else. */
  answering?: Changes
}

/**
 * Clients that answer from memory and count: `calls` holds `{ "catalog.byIds": 1 }`, `contexts` what each
 * operation's clients were bound to.
 */
export function fakeUpstreams({
  lines = 2,
  devices = 2,
  takesMs = () => 2,
  failing = {},
  brokenRows = false,
  answering = {},
}: Options = {}) {
  const calls: Record<string, number> = {}
  const contexts: RequestContext[] = []
  const failures = new Map(Object.entries(failing))
  const changes = new Map(Object.entries(answering))

  /** Counts each call of an upstream, then fails if it is to. */
  const counted = <Api extends object>(upstream: string, api: Api): Api =>
    new Proxy(api, {
      get(target, name) {
        const call = Reflect.get(changes.get(upstream) ?? {}, name) ?? Reflect.get(target, name)
        return async (...args: unknown[]) => {
          const key = `${upstream}.${String(name)}`
          calls[key] = (calls[key] ?? 0) + 1
          await new Promise((resolve) => setTimeout(resolve, takesMs()))
          if (failures.has(upstream)) throw failures.get(upstream)
          const answer = await Reflect.apply(call, undefined, args)
          return brokenRows ? withBrokenRow(upstream, answer) : answer
        }
      },
    })

  const upstreams = new Proxy(answers(lines, devices), {
    get: (target, name) => counted(String(name), Reflect.get(target, name)),
  })
  return {
    calls,
    contexts,
    clients: {
      forRequest(context: RequestContext) {
        contexts.push(context)
        return { ...upstreams, optional: upstreams, analytics: { record: async () => {} } }
      },
    },
  }
}
