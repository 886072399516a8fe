import { z } from 'zod'
import { get, pageOf, post, type Routes, requireStaff } from '../routes.ts'
import { calculateTax } from '../seed/tax.ts'
import type { World } from '../world/index.ts'

const Calculation = z.object({
  country: z.string().length(2),
  currency: z.string().length(3),
  /** `netMinor`: of the whole line, not of one piece. */
  lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1), netMinor: z.int().min(0) })).max(500),
})

export const taxRoutes = ({ orders }: World): Routes => [
  post('/calculations', Calculation, calculateTax),
  get('/calculations', (call) => {
    requireStaff(call)
    return pageOf(
      call,
      orders.rows({}),
      ({ id }) => id,
      (row) => {
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
      },
    )
  }),
]
