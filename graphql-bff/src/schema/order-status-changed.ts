import { ProblemError } from '@harbor/shared-runtime/problems'
import { builder } from '../builder.ts'
import { assertId, oneRow } from './limits.ts'
import { Order } from './order.ts'
import { orderOf } from './order-of.ts'
import { viewerId } from './viewer-id.ts'

builder.subscriptionField('orderStatusChanged', (t) =>
  t.field({
    type: Order,
    access: 'customer',
    nullable: true,
    description: 'An order of the customer who asks, again whenever its status changes.',
    args: { number: t.arg.id({ required: true, description: 'Such as HC-2026-100001.' }) },
    asks: 'orders.ofCustomer',
    complexity: oneRow,
    subscribe(_, { number }, context) {
      assertId(number)
      return context.changes([`customer-order:${viewerId(context)}`])
    },
    resolve: async (_, { number }, context) => {
      const order = await orderOf(viewerId(context), number, context)
      if (!order) throw new ProblemError('NOT_FOUND')
      return order
    },
  }),
)
