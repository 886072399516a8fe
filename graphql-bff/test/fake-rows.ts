import type {
  Audit,
  Cart,
  Customer,
  Notification,
  Order,
  Product,
  Recommendation,
} from '@harbor/shared-clients'

export const at = '2026-11-20T09:00:00.000Z'
export const money = (amountMinor: number) => ({ amountMinor, currency: 'EUR' })
const imageUrl = 'https://images.example/1.jpg'

/** Values that must be in no answer but to their role; tests look for them in whole answers. */
export const CANARIES = { wholesaleCost: 71_717_171, margin: 81_818_181, fraudScore: 91.919 } as const

const sku = (productId: string) => productId.replace('p', 'HB-')
export const numbered = (count: number) => Array.from({ length: count }, (_, index) => index)

export const product = (id: string): Product => ({
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

export const recommendation = (index: number): Recommendation => {
  const productId = `p${2_000 + index}`
  return { productId, sku: sku(productId), name: 'Also nice', imageUrl, price: money(999) }
}

export const line = (index: number) => ({
  sku: `HB-${3_000 + index}`,
  productId: `p${3_000 + index}`,
  name: 'Rope',
  imageUrl,
  quantity: 2,
})

export const cart = (id: string, lines: number): Cart => ({
  id: id.replace('c', 'k'),
  customerId: id,
  currency: 'EUR',
  lines: numbered(lines).map(line),
  destination: { country: 'DE', postalCode: '10115' },
  updatedAt: at,
  version: 1,
})

export const order = (index: number, lines: number): Order => ({
  id: `o${index}`,
  number: `HC-2026-${index}`,
  customerId: 'c1001',
  status: 'SHIPPED',
  placedAt: at,
  total: money(500),
  lines: numbered(lines).map((n) => ({ ...line(index * 50 + n), unit: money(250), total: money(500) })),
})

export const customer = (id: string): Customer => ({
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

export const notification = (index: number): Notification => ({
  id: `n${index}`,
  kind: 'OFFER',
  title: 'Less',
  body: 'It costs less.',
  createdAt: at,
  readAt: null,
})

export const review = (productId: string, index: number) => ({
  id: `r${index}`,
  productId,
  author: 'B.',
  rating: 5,
  title: productId,
  body: 'Holds.',
  createdAt: at,
})

export const audit: Audit = { createdAt: at, createdBy: 's1', updatedAt: at, updatedBy: 's2', revision: 3 }
