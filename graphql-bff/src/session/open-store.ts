import type { Log } from '@harbor/shared-runtime/log'
import { closing, type Part } from '@harbor/shared-runtime/part'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import type { SessionStore } from './store.ts'
import { createMemoryStore } from './store-memory.ts'
import { createRedisStore } from './store-redis.ts'

/** Sessions in Redis if there is one, otherwise in memory. */
export function openSessionStore(
  redis: RedisConnection | undefined,
  log: Log,
): { store: SessionStore; part: Part } {
  if (!redis) return { store: createMemoryStore(), part: closing('sessions', { close: async () => {} }) }
  const store = createRedisStore(redis, log)
  return { store, part: closing('sessions', { close: async () => store.close() }) }
}
