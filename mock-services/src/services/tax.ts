import { z } from 'zod'
import { type Listing, listed } from '../listing.ts'
import { get, post, type Routes, requireStaff } from '../routes.ts'
import { calculateTax } from '../seed/tax.ts'
import type { World } from '../world/index.ts'

const Calculation = z.object({
  country: z.string().length(2),
  currency: z.string().length(3),
  /** `netMinor`: of the whole line, not of one piece. */
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1), netMinor: z.int().min(0) })).max(500),
})

type Row = ReturnType<World['orders']['rows']>[number]

/** One calculation an order, so its rows are those of orders. */
const CALCULATIONS: Listing<Row> = {
  idOf: ({ id }) => id,
  sorts: new Map([['order', ({ number }: Row) => number]]),
  usual: '-order',
  filters: new Map([['orderId', ({ id }: Row, given) => id === given]]),
}

export const taxRoutes = ({ orders }: World): Routes => [
  post('/calculations', Calculation, calculateTax),
  get('/calculations', (call) => {
    requireStaff(call)
    return listed(call, orders.rows(), CALCULATIONS, (row) => {
      const order = orders.full(row)
      const lines = order.lines.map(({ sku, quantity, total }) => ({
        sku,
        quantity,
        netMinor: total.amountMinor,
      }))
      const country = order.shippingAddress?.country ?? 'DE'
      return {
        id: `tax${row.number}`,
        orderId: row.id,
        ...calculateTax({ country, currency: order.currency, lines }),
        calculatedAt: order.placedAt,
      }
    })
  }),
]
