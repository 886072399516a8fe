import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import { connectRedis } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { describe, expect, it } from 'vitest'
import { describeStore } from '../../test/session-store.conformance.ts'
import { createMemoryStore } from './store-memory.ts'
import { createRedisStore } from './store-redis.ts'

const redisHere = hasRedis()

describeStore('memory', async () => {
  const store = createMemoryStore()
  return { one: store, other: store, close: async () => {} }
})

async function replica(url: string) {
  const connection = connectRedis(addressOf(url))
  await connection.ready(2_000)
  const store = createRedisStore(connection, createLog('test', 'silent'))
  return {
    store,
    close() {
      store.close()
      connection.close()
    },
  }
}

describe.skipIf(!redisHere)('with a Redis', () => {
  describeStore('Redis', async () => {
    const server = await RedisServer.start()
    const [one, other] = [await replica(server.url), await replica(server.url)]
    return {
      one: one.store,
      other: other.store,
      async close() {
        one.close()
        other.close()
        server.kill()
      },
    }
  })

  it('that hangs or is down, each call fails quickly with a retryable error, and recovers with its data', async () => {
    const server = await RedisServer.start()
    const { store, close } = await replica(server.url)
    await store.put('key', 'sealed', { idleMs: 60_000, maxMs: 60_000, groups: ['group'] })
    server.freeze()
    const calls = [
      () => store.get('key', 1_000),
      () => store.replace('key', 'x'),
      () => store.lock('name', 1_000),
      () => store.isMarked('name'),
      () => store.members('group'),
    ]
    const started = performance.now()
    for (const call of calls) {
      const error = await call().catch((failure: unknown) => failure)
      expect(error).toBeInstanceOf(UpstreamError)
      expect(error).toMatchObject({ upstream: 'session-store', code: 'unavailable', retryable: true })
    }
    expect(performance.now() - started).toBeLessThan(2_000)
    server.thaw()
    await expect.poll(() => store.get('key').catch(() => undefined), { timeout: 5_000 }).toBeDefined()
    close()
    server.kill()
  })
})
