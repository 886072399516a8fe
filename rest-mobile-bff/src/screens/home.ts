import { critical, optional } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { Money } from '../format/money.ts'
import { OrderStatus } from '../format/order-status.ts'
import { defineScreen } from '../screen.ts'
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

  sources: ({ clients, viewer }) => ({
    customer: critical(clients.customers.byId(viewer.id)),
    cart: optional(clients.cart.ofCustomer(viewer.id)),
    orders: optional(clients.orders.ofCustomer(viewer.id, { limit: ORDERS })),
    recommendations: optional(clients.recommendations.forCustomer(viewer.id, { limit: RECOMMENDATIONS })),
    notifications: optional(clients.notifications.ofCustomer(viewer.id, { limit: 1 })),
  }),

  view: z.object({
    customer: z.object({ name: z.string(), avatar: z.url(), points: z.int() }),
    cart: z.object({ id: z.string(), items: z.int() }).nullable(),
    orders: z
      .array(
        z.object({
          id: z.string(),
          number: z.string(),
          status: OrderStatus,
          placedAt: z.iso.datetime(),
          placed: z.string().describe('How long ago, in the language of the request'),
          total: Money,
          items: z.int(),
          image: z.url().nullable(),
        }),
      )
      .nullable(),
    recommendations: z.array(RecommendationCard).nullable(),
    unread: z.int().nullable(),
  }),

  project: ({ customer, cart, orders, recommendations, notifications }, format) => ({
    customer: {
      name: customer.firstName,
      avatar: format.thumbnail(customer.avatarUrl, 48),
      points: customer.loyaltyPoints,
    },
    cart: cart && { id: cart.id, items: sum(cart.lines.map((line) => line.quantity)) },
    orders:
      orders?.items.map((order) => ({
        id: order.id,
        number: order.number,
        status: format.orderStatus(order.status),
        placedAt: order.placedAt,
        placed: format.relativeDay(order.placedAt),
        total: format.money(order.total),
        items: sum(order.lines.map((line) => line.quantity)),
        image: order.lines[0] ? format.thumbnail(order.lines[0].imageUrl, 64) : null,
      })) ?? null,
    recommendations:
      recommendations?.map((recommendation) => recommendationCard(recommendation, format)) ?? null,
    unread: notifications?.unreadCount ?? null,
  }),
})

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
