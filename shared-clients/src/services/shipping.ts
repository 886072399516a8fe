import { z } from 'zod'
import { get, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'
import { Money } from './money.ts'

export const ShippingOption = z.object({
  id: z.string(),
  label: z.string(),
  price: Money,
  /** Dates, `YYYY-MM-DD`. */
  earliest: z.iso.date(),
  latest: z.iso.date(),
})
export type ShippingOption = z.infer<typeof ShippingOption>

export const Shipment = z.object({
  id: z.string(),
  orderId: z.string(),
  status: z.string(),
  trackingCode: z.string(),
  estimatedDelivery: z.string(),
})
export type Shipment = z.infer<typeof Shipment>

const ShipmentRow = Shipment.extend({ carrierCode: z.string(), cost: Money, audit: Audit })
export type ShipmentRow = z.infer<typeof ShipmentRow>

const rows = get('/shipments', pageOf('shipping', ShipmentRow))
const quotes = post('/quotes', z.object({ options: z.array(ShippingOption) }))
const createShipment = post('/shipments', z.object({ items: z.array(Shipment) }))
const ofOrders = get('/shipments', z.object({ items: keyedRows('shipping', Shipment, 'orderId') }))

type Parcel = {
  cartId: string
  lines: readonly { sku: string; quantity: number }[]
  country: string
  postalCode: string
}

export const shipping = httpClient('shipping', { timeoutMs: 250 }, (call) => ({
  /** The ways to ship a cart, and what each costs. */
  quotes: async (parcel: Parcel, options?: { timeoutMs?: number }) =>
    (await call(quotes, { body: parcel, ...options })).options,
  /** For staff. */
  rows: (query: ListingQuery & { orderId?: string | undefined; status?: string | undefined }) =>
    call(rows, { query, ...TABLE }),
  /** Has an order sent. */
  createShipment: async (orderId: string, idempotencyKey: string): Promise<void> => {
    await call(createShipment, { body: { orderId }, idempotencyKey })
  },
  /** The shipments of these orders, by order id. */
  ofOrders: (orderIds: readonly string[]) =>
    fetchByKeys(orderIds, async (some) => (await call(ofOrders, { query: { orderIds: some.join() } })).items),
}))
