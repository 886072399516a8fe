import { ProblemError } from '@harbor/shared-runtime/problems'
import { builder } from '../builder.ts'
import type { Context } from '../context.ts'
import { Cart } from './cart.ts'
import { firstRows, oneRow } from './limits.ts'
import { Loyalty } from './loyalty.ts'
import { Order } from './order.ts'
import { Recommendation } from './recommendation.ts'

/** Behind the type is no more than the id: each field asks its own service. */
const Viewer = builder.objectRef<{ id: string }>('Viewer').implement({
  description: 'The customer who asks.',
  fields: (t) => ({
    displayName: t.string({
      access: 'customer',
      complexity: oneRow,
      resolve: async ({ id }, _, context) => (await profile(id, context)).displayName,
    }),
    email: t.string({
      access: 'customer',
      nullable: true,
      complexity: oneRow,
      resolve: async ({ id }, _, context) => (await profile(id, context)).email,
    }),
    loyalty: t.field({
      type: Loyalty,
      access: 'customer',
      nullable: true,
      complexity: oneRow,
      resolve: ({ id }, _, context) => profile(id, context),
    }),
    cart: t.field({
      type: Cart,
      access: 'customer',
      nullable: true,
      complexity: oneRow,
      resolve: ({ id }, _, { loaders }) => loaders.cartOfCustomer.load(id),
    }),
    orders: t.field({
      type: [Order],
      access: 'customer',
      nullable: true,
      description: 'Newest first.',
      args: { first: t.arg.int({ required: true, defaultValue: 5 }) },
      complexity: firstRows(50),
      resolve: async ({ id }, { first }, { loaders }) =>
        (await loaders.ordersOfCustomer(first).load(id))?.items ?? [],
    }),
    recommendations: t.field({
      type: [Recommendation],
      access: 'customer',
      nullable: true,
      args: { first: t.arg.int({ required: true, defaultValue: 10 }) },
      complexity: firstRows(20),
      resolve: async ({ id }, { first }, { loaders }) =>
        (await loaders.recommendationsForCustomer(first).load(id)) ?? [],
    }),
    unreadNotifications: t.int({
      access: 'customer',
      nullable: true,
      complexity: oneRow,
      resolve: async ({ id }, _, { loaders }) => (await loaders.unreadOfCustomer.load(id))?.unreadCount,
    }),
  }),
})

builder.queryField('viewer', (t) =>
  t.field({ type: Viewer, access: 'customer', resolve: (_, __, { viewer }) => ({ id: idOf(viewer) }) }),
)

function idOf(viewer: Context['viewer']): string {
  if (!viewer) throw new ProblemError('UNAUTHENTICATED')
  return viewer.id
}

async function profile(id: string, { loaders }: Context) {
  const customer = await loaders.customer.load(id)
  if (!customer) throw new ProblemError('NOT_FOUND')
  return customer
}
