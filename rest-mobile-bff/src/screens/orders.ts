import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { Cursor, limit } from '../input.ts'
import { OrderCard, orderCard } from '../views/order-card.ts'

export const ordersScreen = defineScreen({
  name: 'orders',
  path: '/v1/orders',
  summary: 'A page of orders, newest first',
  version: 1,
  access: ['orders:read'],
  budgetMs: 300,
  cache: { scope: 'private', maxAge: 30 },
  query: z.object({ cursor: Cursor.optional(), limit: limit(20, 50) }),

  sources: ({ clients, viewer, query }) => ({
    page: critical(clients.orders.ofCustomer(viewer.id, query)),
  }),

  view: z.object({ items: z.array(OrderCard), nextCursor: z.string().nullable() }),

  project: ({ page }, format) => ({
    items: page.items.map((order) => orderCard(order, format)),
    nextCursor: page.nextCursor,
  }),
})
