import type { NotificationPreferences as UpstreamPreferences } from '@harbor/shared-clients'
import { builder } from '../../builder.ts'
import { mutation } from '../../writes/mutation.ts'
import { NotificationPreferences } from '../notification-preferences.ts'

const Channels = builder.inputType('NotificationChannelsInput', {
  description: 'The ways by which a customer is notified.',
  fields: (t) => ({
    email: t.boolean({ required: true, description: 'By mail.' }),
    push: t.boolean({ required: true, description: 'On the phone.' }),
    sms: t.boolean({ required: true, description: 'By text message.' }),
  }),
})

const Topics = builder.inputType('NotificationTopicsInput', {
  description: 'What a customer is notified about.',
  fields: (t) => ({
    orders: t.boolean({ required: true, description: 'The progress of orders.' }),
    offers: t.boolean({ required: true, description: 'Lower prices.' }),
    stock: t.boolean({ required: true, description: 'Products that are back in stock.' }),
  }),
})

mutation({
  name: 'setNotificationPreferences',
  access: 'customer',
  description: 'Says which notifications the customer wants, and by which ways.',
  budgetMs: 1_000,
  asks: ['customers.setPreferences'],
  input: builder.inputType('SetNotificationPreferencesInput', {
    description: 'All of the preferences, as they are to be.',
    fields: (t) => ({
      channels: t.field({ type: Channels, required: true, description: 'By which ways.' }),
      topics: t.field({ type: Topics, required: true, description: 'About what.' }),
    }),
  }),
  payload: builder.objectRef<UpstreamPreferences>('SetNotificationPreferencesPayload').implement({
    description: 'The preferences were stored.',
    fields: (t) => ({
      preferences: t.field({
        type: NotificationPreferences,
        access: 'customer',
        description: 'As they are now.',
        resolve: (preferences) => preferences,
      }),
    }),
  }),
  errors: [],

  run: ({ channels, topics }, { upstreams: { customers }, viewer, key }) =>
    customers.setPreferences(viewer.id, { channels, topics }, key),
})
