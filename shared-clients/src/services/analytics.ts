import { z } from 'zod'
import { post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'

const record = post('/events', z.unknown())

/** `at` in ISO 8601; `properties` hold no personal data. */
export type AnalyticsEvent = {
  name: string
  at: string
  properties: Readonly<Record<string, string | number>>
}

// An event sink that is slow takes few connections, and lets a burst wait.
const settings = { timeoutMs: 1_000, bulkhead: { maxConcurrent: 16, maxQueued: 512 } }

export const analytics = httpClient('analytics', settings, (call) => ({
  record: async (events: readonly AnalyticsEvent[]): Promise<void> => {
    await call(record, { body: { events } })
  },
}))
