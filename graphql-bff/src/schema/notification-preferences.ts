import type { NotificationPreferences as UpstreamPreferences } from '@harbor/shared-clients'
import { builder } from '../builder.ts'

const Channels = builder.objectRef<UpstreamPreferences['channels']>('NotificationChannels').implement({
  description: 'The ways by which a customer is notified.',
  fields: (t) => ({
    email: t.exposeBoolean('email', { access: 'customer', description: 'By mail.' }),
    push: t.exposeBoolean('push', { access: 'customer', description: 'On the phone.' }),
    sms: t.exposeBoolean('sms', { access: 'customer', description: 'By text message.' }),
  }),
})

const Topics = builder.objectRef<UpstreamPreferences['topics']>('NotificationTopics').implement({
  description: 'What a customer is notified about.',
  fields: (t) => ({
    orders: t.exposeBoolean('orders', { access: 'customer', description: 'The progress of orders.' }),
    offers: t.exposeBoolean('offers', { access: 'customer', description: 'Lower prices.' }),
    stock: t.exposeBoolean('stock', { access: 'customer', description: 'Products that are back in stock.' }),
  }),
})

export const NotificationPreferences = builder
  .objectRef<UpstreamPreferences>('NotificationPreferences')
  .implement({
    description: 'Which notifications a customer wants, and how.',
    fields: (t) => ({
      channels: t.field({
        type: Channels,
        access: 'customer',
        description: 'By which ways.',
        resolve: ({ channels }) => channels,
      }),
      topics: t.field({
        type: Topics,
        access: 'customer',
        description: 'About what.',
        resolve: ({ topics }) => topics,
      }),
    }),
  })
