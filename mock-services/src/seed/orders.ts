import { customer } from './customers.ts'
import { imageUrl } from './picture.ts'
import { type ProductHead, productHeads, seededSaleMinor } from './products.ts'
import { type Random, random } from './random.ts'
import {
  COUNTS,
  CURRENCY,
  FIRST,
  HOUR,
  iso,
  lazily,
  MINUTE,
  money,
  NOW,
  numberIn,
  numbers,
} from './reference.ts'

export const ORDER_STATUSES = [
  'PLACED',
  'PAYMENT_AUTHORISED',
  'PICKING',
  'SHIPPED',
  'DELIVERED',
  'CANCELLED',
  'RETURNED',
] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

export type OrderHead = { number: number; customerNumber: number; status: OrderStatus; placedAt: number }

export type OrderLine = ReturnType<typeof orderLine>
export type Order = ReturnType<typeof makeOrder>

export const orderNumber = (id: string, prefix = 'o'): number | undefined =>
  numberIn(id, prefix, FIRST.order, COUNTS.orders)

/** All heads, oldest first: their number grows with the time at which they were placed. */
export const orderHeads = lazily((_: 'all') => numbers(FIRST.order, COUNTS.orders).map(head))

/** The path that an order has gone to reach a status. */
export const STEPS: Record<OrderStatus, OrderStatus[]> = {
  PLACED: ['PLACED'],
  PAYMENT_AUTHORISED: ['PLACED', 'PAYMENT_AUTHORISED'],
  PICKING: ['PLACED', 'PAYMENT_AUTHORISED', 'PICKING'],
  SHIPPED: ['PLACED', 'PAYMENT_AUTHORISED', 'PICKING', 'SHIPPED'],
  DELIVERED: ['PLACED', 'PAYMENT_AUTHORISED', 'PICKING', 'SHIPPED', 'DELIVERED'],
  CANCELLED: ['PLACED', 'CANCELLED'],
  RETURNED: ['PLACED', 'PAYMENT_AUTHORISED', 'PICKING', 'SHIPPED', 'DELIVERED', 'RETURNED'],
}

/** The demo customer's newest orders: one being packed, two on their way. */
const DEMO_ORDERS = new Map<number, OrderStatus>([
  [105000, 'PICKING'],
  [104997, 'SHIPPED'],
  [104988, 'SHIPPED'],
])

function head(number: number): OrderHead {
  const r = random('order', number)
  const index = number - FIRST.order
  const remaining = COUNTS.orders - index
  // About one order in two hours, the newest of them this morning; the demo customer has about forty.
  const placedAt = NOW - remaining * 2 * HOUR + r.int(0, 110) * MINUTE
  const mine = index % 125 === 0 || DEMO_ORDERS.has(number)
  return {
    number,
    customerNumber: mine ? FIRST.customer : FIRST.customer + r.int(0, COUNTS.customers - 1),
    status: DEMO_ORDERS.get(number) ?? statusAfter(NOW - placedAt, r),
    placedAt,
  }
}

function statusAfter(age: number, r: Random): OrderStatus {
  if (age < 6 * HOUR) return r.pick(['PLACED', 'PAYMENT_AUTHORISED'])
  if (age < 24 * HOUR) return r.pick(['PAYMENT_AUTHORISED', 'PICKING', 'SHIPPED'])
  if (age < 96 * HOUR) return r.pick(['PICKING', 'SHIPPED', 'SHIPPED', 'DELIVERED'])
  return r.pick([
    'DELIVERED',
    'DELIVERED',
    'DELIVERED',
    'DELIVERED',
    'DELIVERED',
    'DELIVERED',
    'RETURNED',
    'CANCELLED',
  ])
}

/** The whole order of a head, as the orders service answers it. */
export const seededOrder = lazily((number: number): Order => {
  const head = orderHeads('all')[number - FIRST.order]
  if (!head) throw new RangeError(`no order ${number}`)
  const r = random('order-detail', number)
  const lines = r.sample(productHeads('all'), r.int(1, 5)).map((product) => orderLine(product, r.int(1, 3)))
  return makeOrder(head, lines)
})

/** What `quantity` of a product cost on the day. */
export function orderLine(head: ProductHead, quantity: number, unitMinor = seededSaleMinor(head)) {
  return {
    sku: head.sku,
    productId: head.id,
    name: head.name,
    imageUrl: imageUrl(head),
    quantity,
    unit: money(unitMinor),
    total: money(unitMinor * quantity),
    taxClass: head.category.taxClass,
    costCentre: `CC-${4000 + (head.number % 20)}`,
    pickLocation: `R${head.number % 40}-S${head.number % 12}-B${head.number % 7}`,
  }
}

/** An order out of its head and lines; the seed's and those placed at run time alike. */
export function makeOrder(
  head: OrderHead,
  lines: OrderLine[],
  links: { paymentId?: string; reservationId?: string; quoteId?: string } = {},
) {
  const { number, status, placedAt } = head
  const buyer = customer(head.customerNumber)
  const r = random('order-rest', number)
  const reached = STEPS[status]
  return {
    id: `o${number}`,
    number: `HC-2026-${number}`,
    customerId: buyer.id,
    status,
    placedAt: iso(placedAt),
    total: money(lines.reduce((sum, line) => sum + line.total.amountMinor, 0)),
    lines,
    shippingAddress: buyer.addresses[0],
    billingAddress: buyer.addresses[1],
    paymentId: links.paymentId ?? `pay${number}`,
    shipmentId: reached.includes('PICKING') ? `shp${number}` : null,
    reservationId: links.reservationId ?? `rsv-${number}`,
    quoteId: links.quoteId ?? `qte-${number}`,
    currency: CURRENCY,
    channel: r.pick(['web', 'ios', 'android', 'store']),
    fraudDecision: 'ACCEPT',
    fraudScoreAtOrder: r.int(0, 400) / 10,
    grossMarginBasisPoints: r.int(1500, 4800),
    customerIp: `203.0.113.${r.int(1, 254)}`,
    giftNote: r.chance(0.1) ? 'Happy housewarming!' : null,
    slaBreachAt: iso(placedAt + 72 * HOUR),
    audit: reached.map((step, i) => ({
      at: iso(Math.min(NOW, placedAt + i * r.int(40, 900) * MINUTE)),
      actor: i === 0 ? `customer:${buyer.id}` : r.pick(['system:payments', 'system:warehouse', 'staff:s1']),
      action: step,
      note: NOTES[step],
    })),
  }
}

export const NOTES: Record<OrderStatus, string> = {
  PLACED: 'Order received and confirmed by e-mail.',
  PAYMENT_AUTHORISED: 'The payment provider has authorised the amount.',
  PICKING: 'Handed to the warehouse.',
  SHIPPED: 'Collected by the carrier.',
  DELIVERED: 'Delivered; signature on file.',
  CANCELLED: 'Cancelled at the customer’s request; nothing was charged.',
  RETURNED: 'Return received, refund started.',
}
