import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { NotificationKind } from '../format/notification-kind.ts'
import { limit } from '../input.ts'

export const notificationsScreen = defineScreen({
  name: 'notifications',
  path: '/v1/notifications',
  summary: 'The newest notifications, and which ones the customer wants',
  version: 1,
  access: ['notifications:read'],
  budgetMs: 300,
  cache: { scope: 'private', maxAge: 15 },
  query: z.object({ limit: limit(20, 50) }),

  sources: ({ clients, optional, viewer, query }) => ({
    notifications: critical(clients.notifications.ofCustomer(viewer.id, query)),
    customers: optional(({ customers }) => customers.byId(viewer.id)),
  }),

  view: z.object({
    unread: z.int().describe('In all, not only on this page'),
    items: z.array(
      z.object({
        id: z.string(),
        kind: NotificationKind,
        title: z.string(),
        body: z.string(),
        sentAt: z.iso.datetime(),
        sent: z.string().describe('How long ago, in the language of the request'),
        read: z.boolean(),
      }),
    ),
    preferences: z
      .object({
        channels: z.object({ email: z.boolean(), push: z.boolean(), sms: z.boolean() }),
        topics: z.object({ orders: z.boolean(), offers: z.boolean(), stock: z.boolean() }),
      })
      .nullable(),
  }),

  project: ({ notifications, customers }, format) => ({
    unread: notifications.unreadCount,
    items: notifications.items.map(({ id, kind, title, body, createdAt, readAt }) => ({
      id,
      kind: format.notificationKind(kind),
      title,
      body,
      sentAt: createdAt,
      sent: format.relativeDay(createdAt),
      read: readAt !== null,
    })),
    preferences: customers?.preferences ?? null,
  }),
})
