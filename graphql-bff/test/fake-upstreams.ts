import type { Cart, Customer, Order, Product, Recommendation } from '@harbor/shared-clients'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Upstreams } from '../src/upstreams.ts'

const at = '2026-11-20T09:00:00.000Z'
const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const imageUrl = 'https://images.example/1.jpg'

/** Values that must be in no answer but to their role; tests look for them in whole answers. */
export const CANARIES = { wholesaleCost: 71_717_171, margin: 81_818_181, fraudScore: 91.919 } as const

const sku = (productId: string) => productId.replace('p', 'HB-')
const numbered = (count: number) => Array.from({ length: count }, (_, index) => index)

const product = (id: string): Product => ({
  id,
  sku: sku(id),
  name: `Product ${id}`,
  brand: 'Harbor',
  description: 'Sturdy.',
  categoryId: 'cat-01',
  categoryName: 'Ropes',
  images: [{ url: imageUrl, width: 1, height: 1, alt: '' }],
  specifications: [{ name: 'Length', value: '2', unit: 'm' }],
  relatedIds: [],
  active: true,
  updatedAt: at,
  wholesaleCost: money(CANARIES.wholesaleCost),
  margin: CANARIES.margin,
})

const recommendation = (index: number): Recommendation => {
  const productId = `p${2_000 + index}`
  return { productId, sku: sku(productId), name: 'Also nice', imageUrl, price: money(999) }
}

const line = (index: number) => ({
  sku: `HB-${3_000 + index}`,
  productId: `p${3_000 + index}`,
  name: 'Rope',
  imageUrl,
  quantity: 2,
})

const cart = (id: string, lines: number): Cart => ({
  id: id.replace('c', 'k'),
  customerId: id,
  currency: 'EUR',
  lines: numbered(lines).map(line),
  destination: { country: 'DE', postalCode: '10115' },
  updatedAt: at,
  version: 1,
})

const order = (index: number, lines: number): Order => ({
  id: `o${index}`,
  number: `HC-2026-${index}`,
  customerId: 'c1001',
  status: 'SHIPPED',
  placedAt: at,
  total: money(500),
  lines: numbered(lines).map((n) => ({ ...line(index * 50 + n), unit: money(250), total: money(500) })),
})

const customer = (id: string): Customer => ({
  id,
  firstName: 'Ada',
  displayName: 'Ada L.',
  email: 'ada@harbor.example',
  locale: 'en-GB',
  avatarUrl: imageUrl,
  memberSince: at,
  loyaltyTier: 'TIER_GOLD',
  loyaltyPoints: 12,
  addresses: [],
  preferences: {
    channels: { email: true, push: true, sms: true },
    topics: { orders: true, offers: true, stock: true },
  },
  fraudScore: CANARIES.fraudScore,
})

const knownProduct = (id: string) => /^p\d{4}$/.test(id)
const rows = <Row>(keys: readonly string[], row: (key: string) => Row) =>
  // Backwards: nothing may depend on the order of an upstream's rows.
  new Map([...new Set(keys)].reverse().map((key) => [key, row(key)] as const))

/** Words of services that the graph has words of its own for. */
type Words = { tier: string; warehouse: string }

/** Upstreams that answer from memory. `lines`: how many a cart and an order have. */
const answers = (lines: number, { tier, warehouse }: Words) => ({
  catalog: { byIds: async (ids: readonly string[]) => rows(ids.filter(knownProduct), product) },
  pricing: {
    prices: async (skus: readonly string[]) =>
      rows(skus, (sku) => ({
        sku,
        currency: 'EUR',
        listMinor: 1000,
        saleMinor: Number(sku.slice(3)),
        discountBasisPoints: 0,
      })),
    quote: async (cartId: string) => ({
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
    stock: async (skus: readonly string[]) =>
      rows(skus, (sku) => ({
        sku,
        warehouses: [
          { warehouse: 'ber', available: 3, reserved: 0 },
          { warehouse, available: 1, reserved: 0 },
        ],
      })),
  },
  reviews: {
    ofProducts: async (ids: readonly string[], { limit }: { limit: number }) =>
      rows(ids, (productId) => ({
        productId,
        average: 4.5,
        count: 2,
        histogram: [0, 0, 0, 1, 1],
        latest: numbered(limit).map((n) => ({
          id: `r${n}`,
          productId,
          author: 'B.',
          rating: 5,
          title: productId,
          body: 'Holds.',
          createdAt: at,
        })),
      })),
  },
  recommendations: {
    forCustomer: async (_: string, { limit }: { limit: number }) => numbered(limit).map(recommendation),
    forProducts: async (ids: readonly string[], { limit }: { limit: number }) =>
      rows(ids, (productId) => ({ productId, recommended: numbered(limit).map(recommendation) })),
  },
  customers: {
    byIds: async (ids: readonly string[]) =>
      rows(
        ids.filter((id) => id.startsWith('c')),
        (id) => ({ ...customer(id), loyaltyTier: tier }),
      ),
  },
  cart: { ofCustomer: async (id: string) => cart(id, lines) },
  orders: {
    ofCustomer: async (_: string, { limit }: { limit: number }) => ({
      items: numbered(limit).map((n) => order(n, lines)),
      nextCursor: null,
      totalCount: limit,
    }),
  },
  notifications: { ofCustomer: async () => ({ items: [], unreadCount: 7 }) },
})

type Failing = { [Name in keyof Upstreams]?: unknown }

/**
 * Clients that answer from memory and count: `calls` holds `{ "catalog.byIds": 1 }`, `contexts` what each
 * operation's clients were bound to.
 */
export function fakeUpstreams({
  lines = 2,
  failing = {},
  tier = 'TIER_GOLD',
  warehouse = 'nyc',
}: { lines?: number; failing?: Failing } & Partial<Words> = {}) {
  const calls: Record<string, number> = {}
  const contexts: RequestContext[] = []
  const { catalog, pricing, inventory, reviews, recommendations, customers, cart, orders, notifications } =
    answers(lines, { tier, warehouse })

  /** Counts a call, then fails if its upstream is to. */
  const counted =
    <Args extends unknown[], Answer>(
      upstream: keyof Upstreams,
      name: string,
      call: (...args: Args) => Promise<Answer>,
    ) =>
    async (...args: Args): Promise<Answer> => {
      calls[`${upstream}.${name}`] = (calls[`${upstream}.${name}`] ?? 0) + 1
      await new Promise((resolve) => setTimeout(resolve, 2))
      if (upstream in failing) throw failing[upstream]
      return call(...args)
    }

  const upstreams: Upstreams = {
    catalog: { byIds: counted('catalog', 'byIds', catalog.byIds) },
    pricing: {
      prices: counted('pricing', 'prices', pricing.prices),
      quote: counted('pricing', 'quote', pricing.quote),
    },
    inventory: { stock: counted('inventory', 'stock', inventory.stock) },
    reviews: {
      ofProducts: counted('reviews', 'ofProducts', reviews.ofProducts),
    },
    recommendations: {
      forCustomer: counted('recommendations', 'forCustomer', recommendations.forCustomer),
      forProducts: counted('recommendations', 'forProducts', recommendations.forProducts),
    },
    customers: { byIds: counted('customers', 'byIds', customers.byIds) },
    cart: { ofCustomer: counted('cart', 'ofCustomer', cart.ofCustomer) },
    orders: { ofCustomer: counted('orders', 'ofCustomer', orders.ofCustomer) },
    notifications: { ofCustomer: counted('notifications', 'ofCustomer', notifications.ofCustomer) },
  }
  return {
    calls,
    contexts,
    clients: {
      forRequest(context: RequestContext) {
        contexts.push(context)
        return { ...upstreams, optional: upstreams }
      },
    },
  }
}
