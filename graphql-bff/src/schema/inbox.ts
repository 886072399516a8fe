import type { Notification as UpstreamNotification } from '@harbor/shared-clients'
import type { List } from '@harbor/shared-runtime/rows'
import { builder } from '../builder.ts'
import { countedAbove } from './limits.ts'
import { itemsOf } from './list-items.ts'
import { NotificationKind } from './notification-kind.ts'

const Notification = builder.objectRef<UpstreamNotification>('Notification').implement({
  description: 'A message of the shop to a customer.',
  fields: (t) => ({
    id: t.exposeID('id', { access: 'customer', description: 'Stable.' }),
    kind: t.field({
      type: NotificationKind.type,
      access: 'customer',
      nullable: true,
      description: 'What it is about.',
      resolve: ({ kind }) => NotificationKind.word(kind),
    }),
    title: t.exposeString('title', { access: 'customer', description: 'One line.' }),
    body: t.exposeString('body', { access: 'customer', description: 'The whole text.' }),
    createdAt: t.expose('createdAt', {
      type: 'DateTime',
      access: 'customer',
      description: 'When it was sent.',
    }),
    readAt: t.expose('readAt', {
      type: 'DateTime',
      access: 'customer',
      nullable: true,
      description: 'When it was marked as read; `null` without an error while it is unread.',
    }),
  }),
})

export const Inbox = builder
  .objectRef<List<UpstreamNotification> & { unreadCount: number }>('Inbox')
  .implement({
    description: 'The notifications of a customer.',
    fields: (t) => ({
      items: t.field({
        type: [Notification],
        access: 'customer',
        nullable: { list: false, items: true },
        description: 'Newest first. `null` for one that arrived malformed.',
        complexity: countedAbove,
        resolve: (inbox) => itemsOf(inbox),
      }),
      unreadCount: t.expose('unreadCount', {
        type: 'SafeInt',
        access: 'customer',
        description: 'How many are unread in all.',
      }),
    }),
  })
