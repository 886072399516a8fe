import { z } from 'zod'
import { defineAction } from '../define.ts'
import { Money } from '../format/money.ts'
import { OrderStatus } from '../format/order-status.ts'
import { CartId, PaymentMethod } from '../input.ts'

const Shown = z.strictObject({
  amount: z
    .int()
    .nonnegative()
    .max(Number.MAX_SAFE_INTEGER)
    .meta({ example: 12_900, description: 'Minor units' }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .meta({ example: 'EUR', description: 'ISO 4217' }),
})

export const checkoutAction = defineAction({
  name: 'checkout',
  method: 'POST',
  path: '/v1/checkout',
  summary: 'Orders what is in the cart',
  version: 1,
  access: ['checkout'],
  status: 201,
  problems: ['CHECKOUT_CONFLICT', 'CHECKOUT_REFUSED'],
  target: 'nothing',
  budgetMs: 5_000,
  body: z.strictObject({
    cartId: CartId,
    paymentMethod: PaymentMethod,
    total: Shown.optional().describe('`total` as the customer was shown it: ordered at no other'),
  }),

  run: ({ checkout, clients, viewer, context, body: { cartId, paymentMethod, total }, key, leaseMs }) =>
    checkout.place(
      {
        customerId: viewer.id,
        cartId,
        paymentMethod,
        total: total && { amountMinor: total.amount, currency: total.currency },
      },
      { id: key, context, clients, leaseMs },
    ),

  view: z.object({
    orderId: z.string(),
    number: z.string(),
    status: OrderStatus,
    placedAt: z.iso.datetime(),
    total: Money,
  }),
  project: ({ id, number, status, placedAt, total }, format) => ({
    orderId: id,
    number,
    status: format.orderStatus(status),
    placedAt,
    total: format.money(total),
  }),
})
