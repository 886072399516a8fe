import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { RedisGuard } from '../cache/redis-guard.ts'
import type { Log } from '../log.ts'
import type { RedisConnection } from '../redis.ts'

/** Remembers which proofs were used (RFC 9449, 11.1). */
export type UsedProofs = {
  /** Notes a use of a proof; `false` when it was used before. */
  use(id: string, forMs: number): Promise<boolean>
}

/** Of more in two minutes the oldest are forgotten: what is remembered must not fill the memory. */
const MAX_PROOFS = 100_000
/** A request waits so long for Redis, in milliseconds. */
const PATIENCE_MS = 50

/**
 * In the memory of this process, and in Redis when it has one: then a proof is good once whatever replica it
 * reaches. While Redis is away, it is good once a replica.
 */
export function createUsedProofs(redis: RedisConnection | undefined, log: Log): UsedProofs {
  const here = new LRUCache<string, true>({ max: MAX_PROOFS })
  const guard = redis && guarded(redis, log)

  return {
    async use(id, forMs) {
      const key = createHash('sha256').update(id).digest('base64url')
      const ttl = Math.ceil(forMs)
      if (here.has(key)) return false
      here.set(key, true, { ttl })
      if (!redis || !guard) return true
      const noted = await guard.run(() => redis.client.set(`dpop:${key}`, 1, 'PX', ttl, 'NX'), PATIENCE_MS)
      // null: it is there already; undefined: Redis did not say.
      return noted !== null
    },
  }
}

const guarded = (redis: RedisConnection, log: Log) =>
  new RedisGuard({
    probe: () => redis.probe('dpop'),
    onError: () => {},
    onTrouble: ({ kind, words }) =>
      log.warn({ redis: kind }, `Redis ${words}: used proofs are remembered by this process alone`),
    onBack: () => log.info('used proofs are in Redis again'),
  })
