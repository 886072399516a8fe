import { createHash } from 'node:crypto'
import { boundedLru } from '../cache/bounded-lru.ts'
import { RedisGuard } from '../cache/redis-guard.ts'
import type { Log } from '../log/log.ts'
import type { RedisConnection } from '../redis/connect.ts'

/** Remembers which proofs were used (RFC 9449, 11.1). */
export type UsedProofs = {
  /** Records a use of a proof; `false` when it was used before. */
  use(id: string, forMs: number): Promise<boolean>
}

/** Above this number in two minutes the oldest are evicted, so that memory stays bounded. */
const MAX_PROOFS = 100_000
/** Maximum wait of a request for Redis, in milliseconds. */
const PATIENCE_MS = 50

/**
 * Stores used proofs in memory, and in Redis when there is one: then a proof is accepted once over all replicas. While
 * Redis is unavailable, it is accepted once per replica.
 */
export function createUsedProofs(redis: RedisConnection | undefined, log: Log): UsedProofs {
  const here = boundedLru<string, true>(MAX_PROOFS)
  const guard = redis && guarded(redis, log)

  return {
    async use(id, forMs) {
      const key = createHash('sha256').update(id).digest('base64url')
      const ttl = Math.ceil(forMs)
      if (here.has(key)) return false
      here.set(key, true, { ttl })
      if (!redis || !guard) return true
      const noted = await guard.run(() => redis.client.set(`dpop:${key}`, 1, 'PX', ttl, 'NX'), PATIENCE_MS)
      // null: already stored; undefined: Redis gave no answer.
      return noted !== null
    },
  }
}

const guarded = (redis: RedisConnection, log: Log) =>
  new RedisGuard({
    probe: () => redis.probe('dpop'),
    onError: () => {},
    onTrouble: ({ kind, words }) =>
      log.warn({ redis: kind }, `Redis ${words}: used proofs are stored in the memory of this process only`),
    onBack: () => log.info('used proofs are stored in Redis again'),
  })
