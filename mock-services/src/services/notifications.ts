import { z } from 'zod'
import { get, limitOf, notFound, post, type Routes, requireMayChange, requireOwn } from '../routes.ts'
import { customerNumber } from '../seed/customers.ts'
import type { World } from '../world/index.ts'

/** Without ids: all of them. */
const Read = z.object({ ids: z.array(z.string()).max(100).optional() })

export const notificationsRoutes = ({ inbox }: World): Routes => [
  get('/customers/{id}/notifications', (call) => {
    const { id = '' } = call.params
    requireOwn(call, id, 'customer')
    if (customerNumber(id) === undefined) throw notFound('customer')
    const all = inbox.of(id)
    const unread = all.filter(({ readAt }) => readAt === null)
    const listed = call.query.get('unread') === 'true' ? unread : all
    return { items: listed.slice(0, limitOf(call, { usual: 20, max: 100 })), unreadCount: unread.length }
  }),
  // Idempotent: what has been read stays read at its first time.
  post('/customers/{id}/notifications/read', Read, ({ ids }, call) => {
    const { id = '' } = call.params
    requireMayChange(call, id, 'customer')
    if (customerNumber(id) === undefined) throw notFound('customer')
    return { unreadCount: inbox.markRead(id, ids) }
  }),
]
