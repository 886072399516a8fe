import type { EventLog } from '../events.ts'
import { customerNumber } from '../seed/customers.ts'
import { type Notification, notification, seededNotifications } from '../seed/notifications.ts'
import { lazily } from '../seed/reference.ts'

export type Inbox = ReturnType<typeof createInbox>

/** The notifications of all customers. A new one is an event, and so is a change of how many are unread. */
export function createInbox(events: EventLog) {
  const of = lazily((customerId: string): Notification[] => {
    const number = customerNumber(customerId)
    return number === undefined ? [] : seededNotifications(number)
  })
  let added = 0

  return {
    /** Newest first. */
    of: (customerId: string): readonly Notification[] => of(customerId),
    /** Marks these (all, when not given) as read; gives how many are unread then. */
    markRead(customerId: string, ids?: readonly string[]): number {
      const all = of(customerId)
      const at = new Date().toISOString()
      const before = unread(all)
      for (const entry of all) if (!ids || ids.includes(entry.id)) entry.readAt ??= at
      const unreadCount = unread(all)
      if (unreadCount !== before) events.publish('inbox', { customerId, unreadCount })
      return unreadCount
    },
    add(customerId: string, text: { kind: string; title: string; body: string }): Notification {
      const fresh = notification(`n${customerId.slice(1)}-new${++added}`, text, Date.now(), null)
      of(customerId).unshift(fresh)
      events.publish('notification', { customerId, id: fresh.id, ...text, createdAt: fresh.createdAt })
      return fresh
    },
  }
}

const unread = (all: readonly Notification[]): number => all.filter(({ readAt }) => readAt === null).length
