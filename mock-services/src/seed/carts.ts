import { customer } from './customers.ts'
import { imageUrl } from './picture.ts'
import { type ProductHead, productHead, productHeads } from './products.ts'
import { random } from './random.ts'
import { COUNTS, CURRENCY, DAY, FIRST, HOUR, iso, MINUTE, NOW, numberIn, recordAudit } from './reference.ts'

export type Cart = ReturnType<typeof seededCart>

/** The demo customer's cart: four lines, all of them in stock. */
const DEMO_SKUS = ['HB-1001', 'HB-1006', 'HB-1014', 'HB-1020']

export const cartNumber = (id: string): number | undefined =>
  numberIn(id, 'k', FIRST.customer, COUNTS.customers)

/** The cart of one customer, who has the same number; 1 to 6 lines. */
export function seededCart(number: number) {
  const r = random('cart', number)
  const heads =
    number === FIRST.customer
      ? DEMO_SKUS.map((sku) => productHead(sku) as ProductHead)
      : r.sample(productHeads('all'), r.int(1, 6))
  const createdAt = NOW - r.int(1, 9) * DAY
  return {
    id: `k${number}`,
    customerId: `c${number}`,
    currency: CURRENCY,
    lines: heads.map((head, i) => cartLine(head, r.int(1, 3), createdAt + i * 37 * MINUTE)),
    destination: destinationOf(number),
    updatedAt: iso(NOW - r.int(1, 70) * HOUR),
    version: r.int(1, 30),
    createdAt: iso(createdAt),
    abandonedMailSentAt: r.chance(0.3) ? iso(NOW - 20 * HOUR) : null,
    channel: r.pick(['web', 'ios', 'android']),
    shardKey: `cart-${number % 16}`,
    deviceFingerprint: r.hex(32),
    appliedCouponCodes: [] as string[],
    audit: recordAudit(number, createdAt, 'cart'),
  }
}

/** Where the customer would have it sent: the address that the shop would propose. */
function destinationOf(number: number) {
  const { country, postalCode } = customer(number).addresses[0] ?? { country: 'DE', postalCode: '10115' }
  return { country, postalCode }
}

/** A line with the copy of the product that the cart service keeps, about 2 KB. */
export function cartLine(head: ProductHead, quantity: number, at: number) {
  const r = random('cart-line', head.number)
  return {
    sku: head.sku,
    productId: head.id,
    name: head.name,
    imageUrl: imageUrl(head),
    quantity,
    addedAt: iso(at),
    lineId: `ln-${head.number}-${r.hex(12)}`,
    maxQuantity: r.pick([5, 10, 20]),
    product: {
      brand: head.brand,
      colour: head.colour,
      material: head.material,
      categoryId: head.category.id,
      categoryName: head.category.name,
      shortText: `${head.noun} in ${head.colour} by ${head.brand}, made of ${head.material}. Free returns for thirty days; five years’ guarantee on everyday use at home.`,
      images: [160, 320, 640, 1280].map((width) => ({
        url: `${imageUrl(head)}?w=${width}`,
        width,
        height: width,
        format: 'image/avif',
      })),
      taxClass: head.category.taxClass,
      dangerousGoods: false,
      ageRestriction: null,
    },
    dimensions: {
      lengthMm: r.int(120, 900),
      widthMm: r.int(90, 600),
      heightMm: r.int(30, 500),
      weightGrams: head.weightGrams,
    },
    fulfilment: {
      preferredWarehouse: r.pick(['ber', 'ham', 'muc']),
      splitAllowed: true,
      leadTimeHours: r.int(4, 72),
      carriersExcluded: head.weightGrams > 20_000 ? ['DHLP', 'HERM'] : [],
      storePickup: ['ber', 'ham', 'muc', 'par'].map((store) => ({
        store,
        readyAt: iso(NOW + r.int(2, 30) * HOUR),
        counter: r.int(1, 6),
      })),
    },
    priceSnapshot: {
      listMinor: head.listMinor,
      currency: CURRENCY,
      takenAt: iso(at),
      priceListId: 'PL-EU-2026-11',
      costMinor: Math.round(head.listMinor * 0.52),
      omnibusLowestMinor: Math.round(head.listMinor * 0.9),
    },
    giftOptions: [
      {
        id: 'wrap-paper',
        label: 'Recycled wrapping paper with a linen ribbon',
        priceMinor: 390,
        selected: false,
      },
      {
        id: 'card',
        label: 'Card with a handwritten message, up to 300 letters',
        priceMinor: 190,
        selected: false,
      },
    ],
    returnPolicy: {
      days: 30,
      free: true,
      text: 'You may use it and still send it back within thirty days; we collect large parcels at your door.',
    },
    attribution: {
      campaign: r.pick(['newsletter-kw46', 'search-brand', 'direct', 'home-recommendation']),
      placement: r.pick(['pdp', 'listing', 'home']),
      experiment: `exp-${r.int(100, 199)}:B`,
    },
    events: ['LINE_ADDED', 'PRICE_CHECKED', 'STOCK_CHECKED'].map((type, i) => ({
      type,
      at: iso(at + i * 211),
      node: `cart-${r.int(1, 9)}.eu-central`,
    })),
  }
}
