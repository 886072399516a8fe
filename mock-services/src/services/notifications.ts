import { get, limitOf, notFound, type Routes, requireOwn } from '../routes.ts'
import { customerNumber } from '../seed/customers.ts'
import type { World } from '../world/index.ts'

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
]
