import { type Cache, type CacheEventName, cacheChannels } from '@harbor/shared-runtime/cache'
import { Gauge, type Registry } from 'prom-client'
import type { Listen } from '../subscriptions.ts'
import { KnownValues } from './known-values.ts'
import { Tally } from './tally.ts'

const MAX_NAMESPACES = 100

/** Events of the cache by namespace, and how much it holds. */
export function cacheMetrics(
  registry: Registry,
  listen: Listen,
  cache: Pick<Cache, 'size'> | undefined,
): void {
  const namespaces = new KnownValues(MAX_NAMESPACES)
  const events = new Tally(
    registry,
    'harbor_cache_events_total',
    'Reads, loads and purges of the cache: entities by event and namespace.',
    ['namespace', 'event'],
  )
  for (const [event, channel] of Object.entries(cacheChannels))
    listen(channel, ({ namespace, count }) => {
      const known = namespaces.of(namespace)
      events.add(`${event} ${known}`, count, () => ({ namespace: known, event: event as CacheEventName }))
    })
  if (cache) sizeMetrics(registry, cache)
}

function sizeMetrics(registry: Registry, cache: Pick<Cache, 'size'>): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name: `harbor_cache_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('entries', 'Entries in memory.', () => cache.size().entries)
  gauge('bytes', 'Approximate bytes of the entries in memory.', () => cache.size().bytes)
  gauge('evicted', 'Entries that had to make room since the process started.', () => cache.size().evicted)
}
