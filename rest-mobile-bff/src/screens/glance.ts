import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { pieces } from '../views/order-card.ts'

export const glanceScreen = defineScreen({
  name: 'glance',
  path: '/v1/glance',
  summary: 'Three numbers for a watch',
  version: 1,
  access: ['cart:read', 'orders:read', 'notifications:read'],
  budgetMs: 200,
  cache: { scope: 'private', maxAge: 60 },

  sources: ({ oneOf, viewer }) => ({
    cart: oneOf(({ cart }) => cart.ofCustomer(viewer.id)),
    orders: oneOf(({ orders }) => orders.ofCustomer(viewer.id, { status: 'SHIPPED', limit: 1 })),
    notifications: oneOf(({ notifications }) => notifications.ofCustomer(viewer.id, { limit: 1 })),
  }),

  view: z.object({
    cart: z.int().nullable().describe('Things in the cart'),
    inTransit: z.int().nullable().describe('Orders on their way'),
    unread: z.int().nullable().describe('Unread notifications'),
  }),

  project: ({ cart, orders, notifications }) => ({
    cart: cart && pieces(cart.lines),
    inTransit: orders?.totalCount ?? null,
    unread: notifications?.unreadCount ?? null,
  }),
})
