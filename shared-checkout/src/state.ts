import { Money, Order } from '@harbor/shared-clients'
import { z } from 'zod'

/** An order as it was placed. */
export const PlacedOrder = Order.pick({ id: true, number: true, status: true, placedAt: true, total: true })
export type PlacedOrder = z.infer<typeof PlacedOrder>

/** What a checkout is about, and what its steps have produced: all that another process needs to continue it. */
export const CheckoutState = z.object({
  customerId: z.string(),
  cartId: z.string(),
  /** The state of the cart that is ordered. */
  cartVersion: z.int(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
  quoteId: z.string(),
  total: Money,
  country: z.string(),
  /** The name or token of a payment method, never a number of a card. */
  paymentMethod: z.string(),
  /** The owner under which the cart is claimed. */
  claimedBy: z.string().optional(),
  reservationId: z.string().optional(),
  paymentId: z.string().optional(),
  order: PlacedOrder.optional(),
})
export type CheckoutState = z.infer<typeof CheckoutState>
