import { ProblemError } from '@harbor/shared-runtime/problems'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { Address } from './address.ts'
import { Cart } from './cart.ts'
import { connectionOf } from './connection.ts'
import { Inbox } from './inbox.ts'
import { firstRows, oneRow, pageOfRows } from './limits.ts'
import { itemsOf } from './list-items.ts'
import { Loyalty } from './loyalty.ts'
import { NotificationPreferences } from './notification-preferences.ts'
import { Order, OrderConnection } from './order.ts'
import { orderOf } from './order-of.ts'
import { Recommendation } from './recommendation.ts'
import { viewerId } from './viewer-id.ts'

/** Behind the type is no more than the id: each field asks its own service, and is optional by itself. */
const Viewer = builder.objectRef<{ id: string }>('Viewer').implement({
  description: 'The customer who asks.',
  fields: (t) => ({
    displayName: t.string({
      access: 'customer',
      nullable: true,
      description: 'As the customer is called.',
      asks: 'customers.byIds',
      complexity: oneRow,
      resolve: async ({ id }, _, context) => (await profile(id, context)).displayName,
    }),
    email: t.string({
      access: 'customer',
      nullable: true,
      description: 'The address for mail.',
      asks: 'customers.byIds',
      complexity: oneRow,
      resolve: async ({ id }, _, context) => (await profile(id, context)).email,
    }),
    loyalty: t.field({
      type: Loyalty,
      access: 'customer',
      nullable: true,
      description: 'Tier and points.',
      asks: 'customers.byIds',
      complexity: oneRow,
      resolve: ({ id }, _, context) => profile(id, context),
    }),
    addresses: t.field({
      type: [Address],
      access: 'customer',
      nullable: true,
      description: 'The addresses of the customer, the one to propose first.',
      asks: 'customers.byIds',
      complexity: oneRow,
      resolve: async ({ id }, _, context) => (await profile(id, context)).addresses,
    }),
    cart: t.field({
      type: Cart,
      access: 'customer',
      nullable: true,
      description: 'The cart; `null` without an error when there is none.',
      asks: 'cart.ofCustomer',
      complexity: oneRow,
      resolve: ({ id }, _, { loaders }) => loaders.cartOfCustomer.load(id),
    }),
    orders: t.field({
      type: OrderConnection,
      access: 'customer',
      nullable: true,
      description: 'Newest first; at most 50 a page.',
      args: { first: t.arg.int({ required: true, defaultValue: 5 }), after: t.arg.string() },
      asks: 'orders.ofCustomer',
      complexity: pageOfRows(50),
      resolve: async ({ id }, { first, after }, { upstreams }) =>
        connectionOf(
          await upstreams.optional.orders.ofCustomer(id, { cursor: after ?? undefined, limit: first }),
          after,
        ),
    }),
    order: t.field({
      type: Order,
      access: 'customer',
      nullable: true,
      description: 'One order; `null` without an error when the customer has no such order.',
      args: { number: t.arg.string({ required: true, description: 'Such as HC-2026-100001.' }) },
      asks: 'orders.ofCustomer',
      complexity: oneRow,
      resolve: ({ id }, { number }, context) => orderOf(id, number, context),
    }),
    recommendations: t.field({
      type: [Recommendation],
      access: 'customer',
      nullable: { list: true, items: true },
      description: 'What the customer may like; at most 20.',
      args: { first: t.arg.int({ required: true, defaultValue: 10 }) },
      asks: 'recommendations.forCustomer',
      complexity: firstRows(20),
      resolve: async ({ id }, { first }, { loaders }) => {
        const list = await loaders.recommendationsForCustomer.load({ key: id, limit: first })
        return list ? itemsOf(list) : []
      },
    }),
    notifications: t.field({
      type: Inbox,
      access: 'customer',
      nullable: true,
      description: 'The newest notifications; at most 50.',
      args: { first: t.arg.int({ required: true, defaultValue: 20 }) },
      asks: 'notifications.ofCustomer',
      complexity: firstRows(50),
      resolve: ({ id }, { first }, { loaders }) => loaders.inboxOfCustomer.load({ key: id, limit: first }),
    }),
    unreadNotifications: t.field({
      type: 'SafeInt',
      access: 'customer',
      nullable: true,
      description: 'How many notifications are unread.',
      asks: 'notifications.ofCustomer',
      complexity: oneRow,
      resolve: async ({ id }, _, { loaders }) =>
        (await loaders.inboxOfCustomer.load({ key: id, limit: 1 }))?.unreadCount,
    }),
    notificationPreferences: t.field({
      type: NotificationPreferences,
      access: 'customer',
      nullable: true,
      description: 'Which notifications the customer wants.',
      asks: 'customers.byIds',
      complexity: oneRow,
      resolve: async ({ id }, _, context) => (await profile(id, context)).preferences,
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({
    type: Viewer,
    access: 'customer',
    description: 'The customer who asks. It asks no service, so it fails only where nobody is logged in.',
    resolve: (_, __, context) => ({ id: viewerId(context) }),
  }),
)

async function profile(id: string, { loaders }: Context) {
  const customer = await loaders.customer.load(id)
  if (!customer) throw new ProblemError('NOT_FOUND')
  return customer
}
