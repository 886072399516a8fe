import { integer } from '@harbor/shared-runtime/config'
import type { SubscriptionLimits } from './seats.ts'

/** Settings of subscriptions. */
export const subscriptionSettings = {
  SUBSCRIPTIONS_PER_SESSION: integer(
    30,
    [1, 10_000],
    'Subscriptions that one session may have open at once.',
  ),
  SUBSCRIPTIONS_PER_ADDRESS: integer(
    1_000,
    [1, 100_000],
    'Subscriptions that readers of one address who are not logged in may have open at once.',
  ),
  SUBSCRIPTIONS_PER_PROCESS: integer(
    10_000,
    [1, 100_000],
    'Subscriptions that this process may have open at once. Each holds a connection, and so an open file.',
  ),
}

type Settings = {
  SUBSCRIPTIONS_PER_SESSION: number
  SUBSCRIPTIONS_PER_ADDRESS: number
  SUBSCRIPTIONS_PER_PROCESS: number
}

export const subscriptionLimits = (settings: Settings): SubscriptionLimits => ({
  perSession: settings.SUBSCRIPTIONS_PER_SESSION,
  perAddress: settings.SUBSCRIPTIONS_PER_ADDRESS,
  perProcess: settings.SUBSCRIPTIONS_PER_PROCESS,
})
