import { builder } from '../builder.ts'
import { Inbox } from './inbox.ts'
import { firstRows } from './limits.ts'
import { viewerId } from './viewer-id.ts'

builder.subscriptionField('notificationAdded', (t) =>
  t.field({
    type: Inbox,
    access: 'customer',
    nullable: true,
    description:
      'The newest notifications of the customer who asks, at most 50, again whenever one was added or read.',
    args: { first: t.arg.int({ required: true, defaultValue: 20 }) },
    asks: 'notifications.ofCustomer',
    complexity: firstRows(50),
    subscribe: (_, __, context) => {
      const id = viewerId(context)
      return context.changes([`notification:${id}`, `inbox:${id}`])
    },
    resolve: (_, { first }, context) =>
      context.loaders.inboxOfCustomer.load({ key: viewerId(context), limit: first }),
  }),
)
