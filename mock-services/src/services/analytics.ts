import { z } from 'zod'
import { post, Reply, type Routes } from '../routes.ts'

const Event = z.object({
  name: z.string().min(1).max(100),
  at: z.iso.datetime(),
  properties: z.record(z.string(), z.unknown()),
})
const Batch = z.object({ events: z.array(Event).min(1).max(500) })

/** A sink: what comes in is counted by the calls, and kept nowhere. */
export const analyticsRoutes = (): Routes => [
  post('/events', Batch, ({ events }) => new Reply(202, { accepted: events.length })),
]
