import { z } from 'zod'
import { get, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { answerOf } from '../rows/parsed-rows.ts'

export const Notification = z.object({
  id: z.string(),
  kind: z.string(),
  title: z.string(),
  body: z.string(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
})
export type Notification = z.infer<typeof Notification>

const Inbox = answerOf('notifications', Notification, z.object({ unreadCount: z.int().nonnegative() }))
const ofCustomer = get('/customers/{id}/notifications', Inbox)
const Read = z.object({ unreadCount: z.int().nonnegative() })
const markRead = post('/customers/{id}/notifications/read', Read)

export const notifications = httpClient('notifications', { timeoutMs: 200 }, (call) => ({
  /** The newest notifications of a customer, and how many are unread in all. */
  ofCustomer: (id: string, { limit, unread }: { limit: number; unread?: boolean }) =>
    call(ofCustomer, { path: { id }, query: { limit, unread } }),
  /** Marks these (all, when not given) as read; gives how many are unread then. */
  markRead: async (id: string, ids: readonly string[] | undefined, idempotencyKey: string) =>
    (await call(markRead, { path: { id }, body: { ids }, idempotencyKey })).unreadCount,
}))
