import { z } from 'zod'
import { post } from './transport/endpoint.ts'
import { httpClient } from './transport/http.ts'

const record = post('/events', z.unknown())

/** `at` in ISO 8601; `properties` hold no personal data. */
export type AnalyticsEvent = {
  name: string
  at: string
  properties: Readonly<Record<string, string | number>>
}

export const analytics = httpClient('analytics', { timeoutMs: 1_000 }, (call) => ({
  record: async (events: readonly AnalyticsEvent[]): Promise<void> => {
    await call(record, { body: { events } })
  },
}))
