import type { Log } from '../log/log.ts'
import type { RedisConnection } from '../redis/connect.ts'
import { CachedEntities } from './cached-entities.ts'
import { emit } from './channels.ts'
import { type CacheDefinition, createKind, type EntityKind } from './kind.ts'
import type { Store } from './load.ts'
import { MemoryTier } from './memory.ts'
import { longestLifeMs } from './policy.ts'
import { PurgeLog } from './purge-log.ts'
import { attachRedis } from './redis-tier.ts'
import type { SharedData } from './shared-data.ts'

type Options = {
  /** The name of the process: two BFFs on one Redis share no entries. */
  readonly name: string
  /** Without it, the cache is in this process only. */
  readonly redis?: RedisConnection | undefined
  /** Logs when Redis is taken out of use and when it is back. */
  readonly log?: Pick<Log, 'warn' | 'info'> | undefined
  readonly maxEntries?: number
  /** Approximate limit of the entries in memory, in bytes. */
  readonly maxBytes?: number
  /** A monotonic clock in milliseconds. */
  readonly now?: () => number
  /** Random number from 0 up to 1. */
  readonly random?: () => number
}

/** A cache of data that all users may see; `Service` lists the services whose answers may be cached. */
export type Cache<Service extends string = string> = {
  /**
   * Declares a kind of entity, once per process.
   * @throws {TypeError | RangeError} for an invalid name, policy or schema
   */
  define<T>(definition: CacheDefinition<T, `${Service}:${string}`> & SharedData<T>): CachedEntities<T>
  /** Purges every entry with one of these tags: in this process at once, in others when the message arrives. */
  invalidate(tags: readonly string[]): Promise<void>
  /** Drops everything, for when purges may have been missed. */
  invalidateAll(): Promise<void>
  /** Number of entries and bytes in memory, and how many entries have had to make room. */
  size(): { entries: number; bytes: number; tags: number; evicted: number }
  /** Stops using Redis; the connection is closed by its owner. */
  close(): void
}

const MAX_ENTRIES = 20_000
const MAX_BYTES = 64 * 1024 * 1024
const NAME = /^[a-z0-9-]+$/

/**
 * A cache in two tiers: parsed objects in this process, and Redis, if there is one, shared by all processes of the
 * same name. Errors of Redis are published on `harbor.cache.*` (channels.ts) and never thrown.
 *
 * @example
 * ```ts
 * const cache = createCache({ name: 'rest-mobile-bff' })
 * const products = cache.define({
 *   namespace: 'catalog:product',
 *   schema: Product,
 *   policy: { ttlMs: 300_000, graceMs: 3_600_000, negativeTtlMs: 10_000, tiers: 'memory+redis' },
 *   tagsOf: (product) => [`catalog:category:${product.categoryId}`],
 * })
 * const found = await products.getMany(ids, (missing, signal) => fetchProducts(missing, signal), { deadline })
 * await cache.invalidate([products.tagOf('p1'), 'catalog:category:shoes'])
 * ```
 */
export function createCache<Service extends string = string>({
  name,
  redis,
  log,
  maxEntries = MAX_ENTRIES,
  maxBytes = MAX_BYTES,
  now = () => performance.now(),
  random = Math.random,
}: Options): Cache<Service> {
  if (!NAME.test(name)) throw new TypeError(`cache name ${JSON.stringify(name)}; allowed: a-z, 0-9 and -.`)
  const kinds: EntityKind[] = []
  const memory = new MemoryTier(maxEntries, maxBytes)
  const purges = new PurgeLog()
  const tier =
    redis &&
    attachRedis(name, redis, {
      now,
      log,
      onPurge(tags) {
        purges.record(tags)
        memory.purge(tags)
      },
      onGap() {
        purges.recordAll()
        memory.clear()
      },
      namespaces: () => kinds.map(({ namespace }) => namespace),
      longestLifeMs: () => Math.max(0, ...kinds.map(({ policy }) => longestLifeMs(policy))),
    })
  const store: Store = { name, memory, purges, flights: new Map(), shared: tier?.shared, now, random }

  const invalidate = async (tags: readonly string[]) => {
    if (tags.length === 0) return
    // This process purges at once; the message to others may take longer.
    purges.record(tags)
    memory.purge(tags)
    emit('purge', name, '', tags.length)
    await tier?.fence.send(tags)
  }
  return {
    define(definition) {
      const kind = createKind(definition)
      if (kinds.some(({ namespace }) => namespace === kind.namespace))
        throw new TypeError(`${kind.namespace} is already defined; allowed: one definition per namespace.`)
      kinds.push(kind)
      return new CachedEntities(store, kind)
    },
    invalidate,
    invalidateAll: () => invalidate(kinds.map(({ namespace }) => namespace)),
    size: () => memory.size,
    close: () => tier?.close(),
  }
}

export type { CachedEntities } from './cached-entities.ts'
export { type CacheEvent, type CacheEventName, cacheChannels } from './channels.ts'
export type { CacheDefinition } from './kind.ts'
export type { EntityPolicy } from './policy.ts'
export { shapeHash } from './shape.ts'
