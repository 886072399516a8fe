import { z } from 'zod'
import { defineAction } from '../define.ts'

const YES_OR_NO = 'Allowed: true or false'
const choice = (description: string) => z.boolean(YES_OR_NO).meta({ example: true, description })

const Channels = { email: choice('By mail'), push: choice('On the phone'), sms: choice('By text message') }
const Topics = {
  orders: choice('What becomes of an order'),
  offers: choice('What costs less now'),
  stock: choice('What there is again'),
}

export const notificationPreferencesAction = defineAction({
  name: 'notification-preferences',
  method: 'PUT',
  path: '/v1/notification-preferences',
  summary: 'Says which notifications the customer wants, and by what way',
  version: 1,
  access: ['notifications:write'],
  target: 'unversioned',
  budgetMs: 600,
  body: z.strictObject({ channels: z.strictObject(Channels), topics: z.strictObject(Topics) }),

  run: ({ clients, viewer, body, key }) => clients.customers.setPreferences(viewer.id, body, key),

  view: z.object({ channels: z.object(Channels), topics: z.object(Topics) }),
  project: (preferences) => preferences,
})
