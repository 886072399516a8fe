import { z } from 'zod'
import { maySee } from '../auth.ts'
import { createReplays } from '../idempotency.ts'
import { type Listing, listed } from '../listing.ts'
import {
  type Call,
  get,
  inAnyOrder,
  notFound,
  optionalIds,
  parse,
  post,
  Refusal,
  Reply,
  type Routes,
  requireMayCheckOut,
  requireOwn,
  requireStaff,
} from '../routes.ts'
import { ORDER_STATUSES, orderLine } from '../seed/orders.ts'
import { productHead } from '../seed/products.ts'
import { CURRENCY } from '../seed/reference.ts'
import type { World } from '../world/index.ts'

const Line = z.object({ sku: z.string(), quantity: z.int().min(1).max(99) })
const NewOrder = z.object({
  customerId: z.string(),
  cartId: z.string(),
  /** The version of the cart that is ordered. */
  cartVersion: z.int().optional(),
  lines: z.array(Line).min(1).max(100),
  quoteId: z.string(),
  paymentId: z.string(),
  reservationId: z.string(),
})
const Status = z.enum(ORDER_STATUSES).optional()

type Row = ReturnType<World['orders']['rows']>[number]

const ORDERS: Listing<Row> = {
  idOf: ({ id }) => id,
  sorts: new Map([['placedAt', ({ number }: Row) => number]]),
  usual: '-placedAt',
  filters: new Map([
    ['status', ({ status }: Row, given) => status === given],
    ['number', ({ number }: Row, given) => `HC-2026-${number}` === given],
  ]),
}

type AuditEvent = ReturnType<typeof auditEvents>[number]

const AUDIT_EVENTS: Listing<AuditEvent> = {
  idOf: ({ id }) => id,
  sorts: new Map([['order', ({ number }: AuditEvent) => number]]),
  usual: '-order',
  filters: new Map([
    ['orderId', ({ orderId }: AuditEvent, given) => orderId === given],
    ['action', ({ action }: AuditEvent, given) => action === given],
  ]),
}

/** What happened to orders, those of the newest order first; enough of each event to list and filter by. */
const auditEvents = (orders: World['orders']) =>
  orders.rows().flatMap((row) =>
    orders
      .actionsOf(row)
      .map((action, index) => ({
        id: `${row.id}-${index + 1}`,
        number: row.number,
        orderId: row.id,
        action,
        index,
      }))
      .reverse(),
  )

export const ordersRoutes = ({ orders, carts, prices }: World): Routes => {
  const once = createReplays()

  const linesOf = (wanted: z.infer<typeof NewOrder>['lines']) =>
    wanted.map(({ sku, quantity }) => {
      const head = productHead(sku)
      if (!head) throw new Refusal(422, 'UNKNOWN_SKU', `${sku} is not sold`)
      return orderLine(head, quantity, prices.of(sku, CURRENCY)?.sale_minor)
    })

  /** A customer sees own orders only, named or not; staff see all. */
  const customerOf = (call: Call): string | undefined => {
    const asked = call.query.get('customerId') ?? undefined
    if (asked !== undefined) requireOwn(call, asked, 'customer')
    return asked ?? (maySee(call.caller, '') ? undefined : call.caller.sub)
  }

  return [
    get('/orders', (call) => {
      const ids = optionalIds(call, 'ids')
      if (ids) {
        const items = ids
          .flatMap((id) => orders.byId(id) ?? [])
          .filter((order) => maySee(call.caller, order.customerId))
        return { items: inAnyOrder(items), nextCursor: null, totalCount: items.length }
      }
      parse(Status, call.query.get('status') ?? undefined)
      return listed(call, orders.rows(customerOf(call)), ORDERS, orders.full)
    }),
    get('/audit-events', (call) => {
      requireStaff(call)
      return listed(call, auditEvents(orders), AUDIT_EVENTS, ({ id, orderId, index }) => ({
        id,
        orderId,
        ...orders.byId(orderId)?.audit[index],
      }))
    }),
    get('/orders/{id}', (call) => {
      const order = orders.byId(call.params.id ?? '')
      if (!order) throw notFound('order')
      requireOwn(call, order.customerId, 'order')
      return order
    }),
    post('/orders', NewOrder, (body, call) => {
      requireMayCheckOut(call, body.customerId, 'customer')
      return once(call, () => {
        const placed = orders.paidWith(body.paymentId)
        if (placed?.reservationId === body.reservationId) return new Reply(201, placed)
        if (placed) throw new Refusal(412, 'PAYMENT_USED', 'the payment is that of another order')
        const cart = carts.of(body.cartId)
        const own = cart?.customerId === body.customerId ? cart : undefined
        // An order empties its cart, which gives the cart another version: one version is ordered once, whatever
        // the keys, and what was put into the cart since the caller looked is not lost.
        if (own && body.cartVersion !== undefined && body.cartVersion !== own.version)
          throw new Refusal(412, 'CART_CHANGED', 'the cart has another version now')
        const order = orders.place(body.customerId, linesOf(body.lines), body)
        if (own) carts.clear(own)
        return new Reply(201, order)
      })
    }),
  ]
}
