import { z } from 'zod'
import { type CacheEvent, type CacheEventName, cacheChannels } from '../src/cache/channels.ts'

export const Thing = z.object({ id: z.string(), version: z.int(), group: z.string() })
export type Thing = z.infer<typeof Thing>

/** Counts the events that caches publish from now on. */
export function countEvents() {
  const counts: Partial<Record<CacheEventName, number>> = {}
  const ends = Object.entries(cacheChannels).map(([name, target]) => {
    const onEvent = (event: unknown) => {
      counts[name as CacheEventName] = (counts[name as CacheEventName] ?? 0) + (event as CacheEvent).count
    }
    target.subscribe(onEvent)
    return () => target.unsubscribe(onEvent)
  })
  return {
    counts,
    end() {
      for (const end of ends) end()
    },
  }
}
