import { type Cache, createCache } from '@harbor/shared-runtime/cache'
import type { Log } from '@harbor/shared-runtime/log'
import { closing, type Part } from '@harbor/shared-runtime/part'
import { connectRedis, type RedisConnection } from '@harbor/shared-runtime/redis'
import type { RedisAddress } from '@harbor/shared-runtime/redis/address'
import { redisPart } from '@harbor/shared-runtime/redis/part'
import type { ClientSet } from './clients.ts'
import {
  type EventListener,
  type EventsPart,
  eventsPart,
  type Purgeable,
  purging,
} from './events/events-part.ts'
import { eventSettings, openEventFeed } from './events/settings.ts'
import { type CallConfig, callSettings, openUpstreams } from './open-upstreams.ts'
import { identityKeysPart } from './services/identity-keys-part.ts'

/** The settings of a BFF that reads through the cache: where services, events and Redis are. */
export const bffSettings = { ...eventSettings, ...callSettings }

type Config = CallConfig & {
  EVENTS_URL: string
  REDIS_URL?: RedisAddress | undefined
}

type Options = { name: string; clientId: string; config: Config; log: Log }

export type BffClients = {
  readonly clients: ClientSet
  readonly cache: Cache
  /** None: this process alone. */
  readonly redis: RedisConnection | undefined
  readonly parts: readonly Part[]
  /** Has something else purged by domain events, after the cache. To be called before the parts are started. */
  alsoPurge(other: Purgeable): void
  /** Tells a listener of each domain event, once the caches are purged. To be called before the parts are started. */
  alsoTell(listener: EventListener): void
  /** One more follower of the domain events, with a place in the feed of its own; to be started after `parts`. */
  follower(following: Following): EventsPart
}

/** What is done with each event, one after the other where `limits.pending` is 1. */
export type Following = Omit<Parameters<typeof eventsPart>[0], 'feed' | 'log'>

/**
 * Everything with which a BFF reaches its upstreams, out of its settings: clients over a cache in memory (and
 * Redis), kept in step by the feed of domain events. The parts open it, and close it after those that use it.
 */
export function openBffClients({ name, clientId, config, log }: Options): BffClients {
  const redis = config.REDIS_URL ? connectRedis(config.REDIS_URL) : undefined
  const cache = createCache({ name, redis, log })
  const opened = openUpstreams({ clientId, config, cache, log })
  const identityKeys = identityKeysPart(opened.identityKeys)
  const clients: ClientSet = { ...opened, identityKeys: identityKeys.load }
  const cachePart: Part = {
    name: 'cache',
    details: () => cache.size(),
    start: async () => undefined,
    stop: async () => cache.close(),
  }
  const clientsPart: Part = { ...closing('clients', clients), details: () => clients.states() }
  const purged: Purgeable[] = [cache]
  const listeners: EventListener[] = []
  const events = eventsPart({ feed: openEventFeed(config), log, ...purging(purged, listeners) })
  return {
    clients,
    cache,
    redis,
    parts: [
      ...(redis ? [redisPart({ name, connection: redis, log })] : []),
      cachePart,
      clientsPart,
      identityKeys.part,
      { ...events, details: () => ({ live: events.live() }) },
    ],
    alsoPurge: (other) => void purged.push(other),
    alsoTell: (listener) => void listeners.push(listener),
    follower: (following) => eventsPart({ feed: openEventFeed(config), log, ...following }),
  }
}
