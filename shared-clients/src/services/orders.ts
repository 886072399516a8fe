import { z } from 'zod'
import { get, getOwned, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'
import { Money } from './money.ts'

export const Order = z.object({
  id: z.string(),
  number: z.string(),
  customerId: z.string(),
  /** `PLACED`, `SHIPPED`, … (docs/domain-services.md): a status that is new to a BFF is a status. */
  status: z.string(),
  placedAt: z.iso.datetime(),
  total: Money,
  lines: z.array(
    z.object({
      sku: z.string(),
      productId: z.string(),
      name: z.string(),
      imageUrl: z.url(),
      quantity: z.int(),
      unit: Money,
      total: Money,
    }),
  ),
})
export type Order = z.infer<typeof Order>
export type OrderRow = z.infer<typeof OrderRow>
export type AuditEvent = z.infer<typeof AuditEvent>

const OrderPage = pageOf('orders', Order)

/** What happened to an order, and by whom. */
const AuditEntry = z.object({ at: z.iso.datetime(), actor: z.string(), action: z.string(), note: z.string() })
const AuditEvent = AuditEntry.extend({ id: z.string(), orderId: z.string() })
const OrderRow = Order.extend({ audit: z.array(AuditEntry) })

const rows = get('/orders', pageOf('orders', OrderRow))
const auditEvents = get('/audit-events', pageOf('orders', AuditEvent))
const list = get('/orders', OrderPage)
const byId = getOwned('/orders/{id}', Order)
const create = post('/orders', Order)

/** Somebody waits for an order longer than for a list. */
const WRITE_TIMEOUT_MS = 1_500

type Listing = { number?: string; status?: string; cursor?: string | undefined; limit: number }

type NewOrder = {
  customerId: string
  cartId: string
  /** The version of the cart that is ordered. */
  cartVersion: number
  lines: readonly { sku: string; quantity: number }[]
  quoteId: string
  paymentId: string
  reservationId: string
}

export const orders = httpClient('orders', { timeoutMs: 250 }, (call) => ({
  byId: (id: string) => call(byId, { path: { id } }),
  /** For staff. */
  rows: (query: ListingQuery & { [Name in 'customerId' | 'status' | 'number']?: string | undefined }) =>
    call(rows, { query, ...TABLE }),
  /** For staff: what happened to orders, those of the newest order first. */
  auditEvents: (query: ListingQuery & { orderId?: string | undefined; action?: string | undefined }) =>
    call(auditEvents, { query, ...TABLE }),
  /**
   * Places an order, which empties the cart.
   * @throws {UpstreamError} `precondition_failed` when the cart has another version by now
   */
  create: (order: NewOrder, idempotencyKey: string) =>
    call(create, { body: order, idempotencyKey, timeoutMs: WRITE_TIMEOUT_MS }),
  /** A customer's orders, newest first; of a `number` there is one at most. */
  ofCustomer: (customerId: string, listing: Listing) => call(list, { query: { customerId, ...listing } }),
}))
