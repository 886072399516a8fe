import type { Cart } from '@harbor/shared-clients'
import { z } from 'zod'

/** What the app needs of its cart after a change; the rest is in `/v1/cart`. */
export const CartChange = z
  .object({
    cartId: z.string(),
    items: z.int().describe('Pieces in the cart, for its badge'),
    lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  })
  .meta({ id: 'CartChange' })

export const cartChange = ({ id, lines }: Cart): z.input<typeof CartChange> => ({
  cartId: id,
  items: lines.reduce((sum, { quantity }) => sum + quantity, 0),
  lines: lines.map(({ sku, quantity }) => ({ sku, quantity })),
})
