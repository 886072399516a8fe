import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { Thumbnail } from '../format/thumbnail.ts'
import { OrderCard, orderCard, pieces } from '../views/order-card.ts'
import { RecommendationCard, recommendationCard } from '../views/recommendation-card.ts'

const ORDERS = 3
const RECOMMENDATIONS = 6

export const homeScreen = defineScreen({
  name: 'home',
  path: '/v1/home',
  summary: 'What the app opens with',
  version: 1,
  access: ['profile:read', 'cart:read', 'orders:read', 'notifications:read'],
  budgetMs: 500,
  cache: { scope: 'private', maxAge: 30 },

  sources: ({ clients, optional, viewer }) => ({
    customer: critical(clients.customers.byId(viewer.id)),
    cart: optional(({ cart }) => cart.ofCustomer(viewer.id)),
    orders: optional(({ orders }) => orders.ofCustomer(viewer.id, { limit: ORDERS })),
    recommendations: optional(({ recommendations }) =>
      recommendations.forCustomer(viewer.id, { limit: RECOMMENDATIONS }),
    ),
    notifications: optional(({ notifications }) => notifications.ofCustomer(viewer.id, { limit: 1 })),
  }),

  view: z.object({
    customer: z.object({ name: z.string(), avatar: Thumbnail, points: z.int() }),
    cart: z.object({ id: z.string(), items: z.int() }).nullable(),
    orders: z.array(OrderCard).nullable(),
    recommendations: z.array(RecommendationCard).nullable(),
    unread: z.int().nullable(),
  }),

  project: ({ customer, cart, orders, recommendations, notifications }, format) => ({
    customer: {
      name: customer.firstName,
      avatar: format.thumbnail(customer.avatarUrl, 48),
      points: customer.loyaltyPoints,
    },
    cart: cart && { id: cart.id, items: pieces(cart.lines) },
    orders: orders?.items.map((order) => orderCard(order, format)) ?? null,
    recommendations:
      recommendations?.items.map((recommendation) => recommendationCard(recommendation, format)) ?? null,
    unread: notifications?.unreadCount ?? null,
  }),
})
