import { type Channel, channel } from 'node:diagnostics_channel'

/**
 * What the cache tells whoever listens, on `harbor.cache.<name>` of `node:diagnostics_channel`.
 * Each message is a `CacheEvent`; nothing is built when nobody listens.
 */
const NAMES = [
  'hit', // fresh, from memory
  'stale', // within grace, from memory, while it is refreshed
  'negative', // remembered not to exist
  'miss', // not in memory
  'shared-hit', // found in Redis
  'coalesced', // waits for a load that runs already in this process
  'early-refresh', // refreshed before its end
  'load', // the upstream answered; `ms`
  'load-error', // the upstream failed, and the callers were told
  'refresh-error', // the upstream failed, and the stale value stays
  'followed', // waits for a load of another process
  'took-over', // another process did not finish its load
  'fenced', // loaded before a delete, so not kept
  'unreadable', // what Redis held was not as the schema says
  'purge', // tags were invalidated; `count` of them
  'redis-error', // a command failed or took too long; `error`
  'redis-away', // Redis fails, or refuses writes, until `redis-back`
  'redis-back',
] as const

export type CacheEventName = (typeof NAMES)[number]

export type CacheEvent = {
  /** The `name` of the cache. */
  readonly cache: string
  /** Empty for what concerns the whole cache. */
  readonly namespace: string
  /** How many ids it is about. */
  readonly count: number
  readonly ms?: number
  readonly error?: unknown
}

export const cacheChannels = Object.fromEntries(
  NAMES.map((name) => [name, channel(`harbor.cache.${name}`)]),
) as Record<CacheEventName, Channel>

/** What an event adds to its name. */
type Detail = Pick<CacheEvent, 'ms' | 'error'>

/** Says what happened. Takes primitives for what happens on every read, so that silence costs one comparison. */
export function emit(name: CacheEventName, cache: string, namespace = '', count = 1, detail?: Detail): void {
  const target = cacheChannels[name]
  if (!target.hasSubscribers) return
  const event: CacheEvent = { cache, namespace, count, ...detail }
  target.publish(event)
}
