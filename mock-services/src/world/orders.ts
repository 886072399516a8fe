import type { EventLog } from '../events.ts'
import { customerNumber } from '../seed/customers.ts'
import {
  makeOrder,
  NOTES,
  type Order,
  type OrderHead,
  type OrderLine,
  type OrderStatus,
  orderHeads,
  STEPS,
  seededOrder,
} from '../seed/orders.ts'
import { COUNTS, FIRST } from '../seed/reference.ts'
import { shipmentFor } from '../seed/shipments.ts'
import type { Inbox } from './inbox.ts'

/** Enough of an order to list and filter by; the rest is made when it is asked for. */
export type OrderRow = OrderHead & { id: string; customerId: string }

/** The shop's orders: the seed's and those placed since, newest first. */
export function createOrders(events: EventLog, inbox: Inbox) {
  const rows: OrderRow[] = orderHeads('all').map(row).reverse()
  const byId = new Map(rows.map((entry) => [entry.id, entry]))
  /** Orders that are no longer, or never were, as the seed has them. */
  const own = new Map<string, Order>()
  const shipped = new Set<string>()
  const paidWith = new Map<string, string>()

  const full = (entry: OrderRow): Order => own.get(entry.id) ?? seededOrder(entry.number)
  const byIdFull = (id: string): Order | undefined => {
    const entry = byId.get(id)
    return entry && full(entry)
  }
  const raise = (order: Order, at: string) =>
    events.publish('order', {
      id: order.id,
      number: order.number,
      customerId: order.customerId,
      status: order.status,
      at,
    })

  return {
    /** Of one customer, or all of them; newest first. */
    rows: (customerId?: string): readonly OrderRow[] =>
      customerId === undefined ? rows : rows.filter((entry) => entry.customerId === customerId),
    full,
    /** What has happened to an order, oldest first; of the seed's without making all of it. */
    actionsOf: (entry: OrderRow): readonly string[] =>
      own.get(entry.id)?.audit.map(({ action }) => action) ?? STEPS[entry.status],
    byId: byIdFull,

    /** What was placed since the start, newest first; with whether it is on its way to be shipped. */
    since: () =>
      rows
        .filter(({ number }) => number >= FIRST.order + COUNTS.orders)
        .map((entry) => ({ order: full(entry), hasShipment: shipped.has(entry.id) })),

    /** The order of a payment, if it was placed since the start. */
    paidWith: (paymentId: string): Order | undefined => own.get(paidWith.get(paymentId) ?? ''),
    place(
      customerId: string,
      lines: OrderLine[],
      links: { paymentId: string; reservationId: string; quoteId: string },
    ): Order {
      const head: OrderHead = {
        number: Math.max(FIRST.order + COUNTS.orders, (rows[0]?.number ?? 0) + 1),
        customerNumber: customerNumber(customerId) ?? FIRST.customer,
        status: 'PAYMENT_AUTHORISED',
        placedAt: Date.now(),
      }
      const entry = row(head)
      const order = makeOrder(head, lines, links)
      rows.unshift(entry)
      byId.set(entry.id, entry)
      own.set(entry.id, order)
      paidWith.set(links.paymentId, order.id)
      raise(order, order.placedAt)
      return order
    },

    /** `undefined` when there is no such order. */
    setStatus(id: string, status: OrderStatus, actor: string): Order | undefined {
      const entry = byId.get(id)
      if (!entry) return undefined
      const before = full(entry)
      const at = new Date().toISOString()
      const order = {
        ...before,
        status,
        audit: [...before.audit, { at, actor, action: status, note: NOTES[status] }],
      }
      entry.status = status
      own.set(id, order)
      raise(order, at)
      inbox.add(order.customerId, {
        kind: `ORDER_${status}`,
        title: `Order ${order.number}`,
        body: NOTES[status],
      })
      return order
    },

    /** The shipment of an order, if it has one. */
    shipmentOf(order: Order) {
      return order.shipmentId || shipped.has(order.id) ? shipmentFor(order) : undefined
    },
    ship(order: Order) {
      shipped.add(order.id)
      return shipmentFor(order)
    },
  }
}

const row = (head: OrderHead): OrderRow => ({
  ...head,
  id: `o${head.number}`,
  customerId: `c${head.customerNumber}`,
})
