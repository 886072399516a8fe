import type { TraceContext } from '../request/trace.ts'
import { type TypedChannel, typedChannel } from '../telemetry/channel.ts'

/**
 * Events of the cache, published on `harbor.cache.<name>` of `node:diagnostics_channel`.
 * Each message is a `CacheEvent`; no message is built without a subscriber.
 */
const NAMES = [
  'hit', // fresh, from memory
  'stale', // within grace, from memory, while a refresh runs
  'negative', // cached as not existing
  'miss', // not in memory
  'shared-hit', // found in Redis
  'coalesced', // waits for a load that already runs in this process
  'early-refresh', // refreshed before its expiry
  'load', // the upstream answered; `ms`
  'load-error', // the upstream failed, and the callers got the error
  'refresh-error', // the upstream failed, and the stale value stays
  'followed', // waits for the load of another process
  'took-over', // another process did not finish its load
  'fenced', // loaded before a purge, so not stored
  'unreadable', // an entry in Redis did not match its schema
  'purge', // tags were invalidated; `count` of them
  'redis-error', // a command failed or took too long; `error`
  'redis-away', // Redis fails or refuses writes, until `redis-back`
  'redis-back',
] as const

export type CacheEventName = (typeof NAMES)[number]

export type CacheEvent = {
  /** The `name` of the cache. */
  readonly cache: string
  /** Empty for events of the whole cache. */
  readonly namespace: string
  /** Number of ids concerned. */
  readonly count: number
  readonly ms?: number
  readonly error?: unknown
  /** The request that read; none for work of the cache itself. */
  readonly trace?: TraceContext | undefined
}

export const cacheChannels = Object.fromEntries(
  NAMES.map((name) => [name, typedChannel<CacheEvent>(`harbor.cache.${name}`)]),
) as Record<CacheEventName, TypedChannel<CacheEvent>>

/** Optional fields of an event. */
export type Detail = Pick<CacheEvent, 'ms' | 'error'>

/** Publishes an event. Takes primitives, so that a read without subscribers costs one comparison. */
export function emit(
  name: CacheEventName,
  cache: string,
  namespace = '',
  count = 1,
  detail?: Detail,
  trace?: TraceContext,
): void {
  const target = cacheChannels[name]
  if (!target.hasSubscribers) return
  target.publish({ cache, namespace, count, trace, ...detail })
}
