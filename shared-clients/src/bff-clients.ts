import { type Cache, createCache } from '@harbor/shared-runtime/cache'
import { secret } from '@harbor/shared-runtime/config'
import type { Log } from '@harbor/shared-runtime/log'
import { closing, type Part } from '@harbor/shared-runtime/part'
import { connectRedis, type RedisConnection } from '@harbor/shared-runtime/redis'
import type { RedisAddress } from '@harbor/shared-runtime/redis/address'
import { redisPart } from '@harbor/shared-runtime/redis/part'
import { type Authentications, upstreamAuthentication } from './call/authentication.ts'
import { type ClientSet, createClients } from './clients.ts'
import {
  type EventListener,
  type EventsPart,
  eventsPart,
  type Purgeable,
  purging,
} from './events/events-part.ts'
import { eventSettings, openEventFeed } from './events/settings.ts'
import { identityKeysPart } from './services/identity-keys-part.ts'
import { type AddressSettings, addressesOf, identityOrigins, SERVICES, upstreamSettings } from './services.ts'

/** The settings of a BFF that reads through the cache: where services, events and Redis are. */
export const bffSettings = {
  ...eventSettings,
  ...upstreamSettings,
  IDENTITY_ORIGINS: identityOrigins,
  UPSTREAM_AUTH: upstreamAuthentication,
}

/** The secret of a BFF at the identity service; a development default for the mock services. */
export const clientSecret = (clientId: string) =>
  secret(`${clientId}-secret`, `Secret of the client ${clientId} at the identity service.`)

type Config = { [K in keyof AddressSettings]: string } & {
  IDENTITY_CLIENT_SECRET: string
  IDENTITY_ORIGINS?: readonly string[] | undefined
  UPSTREAM_AUTH?: Authentications | undefined
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
  const opened = createClients({
    addresses: addressesOf(config),
    identityOrigins: config.IDENTITY_ORIGINS,
    authentication: config.UPSTREAM_AUTH,
    clientId,
    clientSecret: config.IDENTITY_CLIENT_SECRET,
    cache,
  })
  const passed = SERVICES.filter((service) => config.UPSTREAM_AUTH?.[service] === 'pass-through')
  if (passed.length > 0)
    log.warn(
      { services: passed },
      'these services get the access tokens of users, and could use them elsewhere',
    )
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
