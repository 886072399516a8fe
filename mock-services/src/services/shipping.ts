import { z } from 'zod'
import { maySee } from '../auth.ts'
import { createReplays } from '../idempotency.ts'
import { type Listing, listed } from '../listing.ts'
import {
  get,
  inAnyOrder,
  notFound,
  optionalIds,
  post,
  Refusal,
  Reply,
  type Routes,
  requireMayCheckOut,
  requireStaff,
} from '../routes.ts'
import { productHead } from '../seed/products.ts'
import { shipmentStatus } from '../seed/shipments.ts'
import { shippingOptions } from '../seed/shipping-options.ts'
import type { World } from '../world/index.ts'

type Row = ReturnType<World['orders']['rows']>[number]

/** One shipment an order, so its rows are those of orders. */
const SHIPMENTS: Listing<Row> = {
  idOf: ({ id }) => id,
  sorts: new Map([['order', ({ number }: Row) => number]]),
  usual: '-order',
  filters: new Map([
    ['orderId', ({ id }: Row, given) => id === given],
    ['status', ({ status }: Row, given) => shipmentStatus(status) === given],
  ]),
}

const QuoteRequest = z.object({
  cartId: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })).max(100),
  country: z.string().length(2),
  postalCode: z.string().min(2).max(12),
})

export const shippingRoutes = ({ orders }: World): Routes => {
  const once = createReplays()
  const order = (id: string) => orders.byId(id)

  return [
    post('/quotes', QuoteRequest, ({ lines, country, postalCode }) => {
      const grams = lines.reduce((sum, { sku, quantity }) => {
        const head = productHead(sku)
        if (!head) throw new Refusal(422, 'UNKNOWN_SKU', `${sku} is not sold`)
        return sum + head.weightGrams * quantity
      }, 0)
      return { options: shippingOptions({ grams, country, postalCode }) }
    }),
    get('/shipments', (call) => {
      const ids = optionalIds(call, 'orderIds')
      if (ids) {
        const own = ids
          .flatMap((id) => order(id) ?? [])
          .filter(({ customerId }) => maySee(call.caller, customerId))
        return { items: inAnyOrder(own.flatMap((found) => orders.shipmentOf(found) ?? [])) }
      }
      requireStaff(call)
      const shipped = orders
        .rows()
        .filter(({ status }) => !['PLACED', 'PAYMENT_AUTHORISED', 'CANCELLED'].includes(status))
      return listed(call, shipped, SHIPMENTS, (row) => orders.shipmentOf(orders.full(row)))
    }),
    post('/shipments', z.object({ orderId: z.string() }), ({ orderId }, call) => {
      const found = order(orderId)
      if (!found) throw notFound('order')
      requireMayCheckOut(call, found.customerId, 'order')
      return once(call, () => new Reply(201, { items: [orders.ship(found)] }))
    }),
  ]
}
