import type { Log } from '../log.ts'
import type { RedisConnection } from '../redis.ts'
import { CachedEntities } from './cached-entities.ts'
import { emit } from './channels.ts'
import { type CacheDefinition, createKind, type Kind } from './kind.ts'
import type { Store } from './load.ts'
import { MemoryTier } from './memory.ts'
import { longestLifeMs } from './policy.ts'
import { PurgeLog } from './purge-log.ts'
import { attachRedis } from './redis-tier.ts'
import type { SharedData } from './shared-data.ts'

type Options = {
  /** The process's: two BFFs on one Redis share nothing. */
  readonly name: string
  /** None: this process only. */
  readonly redis?: RedisConnection | undefined
  /** Told when Redis is left alone, and when it is back. */
  readonly log?: Pick<Log, 'warn' | 'info'> | undefined
  readonly maxEntries?: number
  /** Bytes of the entries in memory, roughly. */
  readonly maxBytes?: number
  /** Milliseconds that never go back. */
  readonly now?: () => number
  /** From 0 up to 1. */
  readonly random?: () => number
}

/** A cache of data that all users may see; `Service` is what may be cached at all. */
export type Cache<Service extends string = string> = {
  /**
   * Declares a kind of entity, once a process.
   * @throws {TypeError | RangeError} for a name, a policy or a schema that the cache does not take
   */
  define<T>(definition: CacheDefinition<T, `${Service}:${string}`> & SharedData<T>): CachedEntities<T>
  /** What carries one of these tags is not seen again: here from now on, elsewhere as soon as the word is there. */
  invalidate(tags: readonly string[]): Promise<void>
  /** Forgets everything: what has happened is not known any more. */
  invalidateAll(): Promise<void>
  /** What is in memory now. */
  size(): { entries: number; bytes: number; tags: number }
  /** Lets go of Redis; the connection itself is closed by who opened it. */
  close(): void
}

const MAX_ENTRIES = 20_000
const MAX_BYTES = 64 * 1024 * 1024
const NAME = /^[a-z0-9-]+$/

/**
 * A cache in two tiers: parsed objects in this process, and Redis, if there is one, for all processes of the name.
 * Trouble with Redis is told on `harbor.cache.*` (channels.ts) and is never an error.
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
  const kinds: Kind[] = []
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
    // Here at once; the rest of the world may take as long as it takes.
    purges.record(tags)
    memory.purge(tags)
    emit('purge', name, '', tags.length)
    await tier?.fence.send(tags)
  }
  return {
    define(definition) {
      const kind = createKind(definition)
      if (kinds.some(({ namespace }) => namespace === kind.namespace))
        throw new TypeError(`${kind.namespace} is cached already; one definition each.`)
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
export type { CachePolicy } from './policy.ts'
export { shapeHash } from './shape.ts'
