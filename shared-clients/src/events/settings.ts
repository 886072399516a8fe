import { setting } from '@harbor/shared-runtime/config'
import { type RedisAddress, redisUrl } from '@harbor/shared-runtime/redis/address'
import { Redis } from 'ioredis'
import { z } from 'zod'
import type { EventFeed } from './feed.ts'
import { redisFeed } from './redis-feed.ts'
import { sseFeed } from './sse-feed.ts'

const CONNECT_MS = 2_000

/** The part of a BFF's settings that says where domain events come from. */
export const eventSettings = {
  EVENTS_URL: setting(
    z
      .url({ protocol: /^https?$/ })
      .refine((url) => !/\/\/[^/]*@/.test(url))
      .default('http://127.0.0.1:4100/events'),
    {
      about: 'Address of the feed of domain events (server-sent events); not used with a single Redis.',
      allowed: 'an http:// or https:// address without a user',
    },
  ),
  REDIS_URL: redisUrl,
}

type Settings = { EVENTS_URL: string; REDIS_URL?: RedisAddress | undefined }

/** The feed that the settings name: Redis Streams with one Redis; server-sent events without, with Sentinels and with a cluster. */
export const openEventFeed = ({ EVENTS_URL, REDIS_URL }: Settings): EventFeed =>
  REDIS_URL?.kind === 'single'
    ? redisFeed({ connect: () => openStreamConnection(REDIS_URL) })
    : sseFeed({ url: EVENTS_URL })

/** A connection that is made once, by `connect()`, and never again: `followEvents` does that, from where it was. */
export function openStreamConnection({ nodes, tls, db, username, password }: RedisAddress): Redis {
  const [node = { host: '127.0.0.1', port: 6379 }] = nodes
  return new Redis({
    ...node,
    db,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls && { tls: {} }),
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
  })
}
