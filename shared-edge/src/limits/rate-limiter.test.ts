import { setTimeout as pause } from 'node:timers/promises'
import { createLog } from '@harbor/shared-runtime/log'
import { connectRedis, type RedisConnection } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { until } from '@harbor/shared-testing/until'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { policyOf } from './policy.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'

const POLICY = policyOf('50/60', { name: 'user', per: 'user' })
const open: { close(): void }[] = []
afterEach(() => {
  for (const resource of open.splice(0)) resource.close()
})

function limiter(redis?: RedisConnection): RateLimiter {
  const made = createRateLimiter({ name: 'shop', policies: [POLICY], redis, secret: 'pepper' })
  open.push({ close: () => void made.close() })
  return made
}

/** How many of these concurrent requests are admitted, and the longest wait. */
async function burst({ count }: RateLimiter, requests: number, id: string) {
  const begun = performance.now()
  let slowest = 0
  const usages = await Promise.all(
    Array.from({ length: requests }, async () => {
      const usage = await count(POLICY, id)
      slowest = Math.max(slowest, performance.now() - begun)
      return usage
    }),
  )
  return { admitted: usages.filter(({ used }) => used <= POLICY.points).length, slowest }
}

test('without Redis, a process counts exactly by itself', async () => {
  expect((await burst(limiter(), 200, 'a')).admitted).toBe(50)
})

describe.skipIf(!hasRedis())('with Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(stopRedisServers)

  async function connected(): Promise<RateLimiter> {
    const redis = connectRedis(addressOf(server.url))
    open.push(redis)
    await redis.ready(2_000)
    return limiter(redis)
  }

  test('two processes together admit as many requests as one', async () => {
    const [a, b] = [await connected(), await connected()]
    const [first, second] = await Promise.all([burst(a, 100, 'shared'), burst(b, 100, 'shared')])
    expect(first.admitted + second.admitted).toBe(50)
  })

  test('records in Redis do not reveal whose they are, and expire', async () => {
    await (await connected()).count(POLICY, '203.0.113.77')
    const keys = (await server.ask('KEYS', '*')) as string[]
    expect(keys.filter((key) => key.startsWith('shop:@limit:user:'))).not.toEqual([])
    expect(keys.join()).not.toContain('203.0.113')
    for (const key of keys) expect(await server.ask('TTL', key)).toBeGreaterThan(0)
  })

  test('requests above the limit cause no call to Redis', async () => {
    const process = await connected()
    await burst(process, 60, 'greedy')
    const before = await server.ask('INFO', 'commandstats')
    expect((await burst(process, 100, 'greedy')).admitted).toBe(0)
    const calls = (stats: unknown) => /cmdstat_incrby:calls=(\d+)/.exec(String(stats))?.[1]
    expect(calls(await server.ask('INFO', 'commandstats'))).toBe(calls(before))
  })

  test('a Redis that restarts empty grants no second quota', async () => {
    const process = await connected()
    expect((await burst(process, 20, 'emptied')).admitted).toBe(20)
    await server.ask('FLUSHALL')
    expect((await burst(process, 200, 'emptied')).admitted).toBe(30)
  })

  test.for(['freeze', 'crash'] as const)(
    '%s: counting continues from the last count, in bounded time, and returns to Redis',
    async (fault) => {
      const process = await connected()
      expect((await burst(process, 20, fault)).admitted).toBe(20)
      server[fault]()
      const during = await burst(process, 200, fault)
      expect(during.admitted).toBe(30)
      expect(during.slowest).toBeLessThan(500)
      const later = performance.now()
      expect((await burst(process, 200, `${fault} later`)).admitted).toBe(50)
      expect(performance.now() - later).toBeLessThan(300)
      if (fault === 'freeze') server.thaw()
      else await server.start()
      // The recovery is visible in the count of another process.
      const other = await connected()
      await until(async () => {
        const id = `back ${performance.now()}`
        await process.count(POLICY, id)
        return (await other.count(POLICY, id)).used === 2
      })
      expect((await burst(process, 200, fault)).admitted).toBe(0)
    },
  )

  test('a Redis that is out of memory is reported once at the start and once at the end', async () => {
    const said: string[] = []
    const log = createLog('shop', 'info', { write: (line) => said.push(JSON.parse(line).msg) })
    const redis = connectRedis(addressOf(server.url))
    open.push(redis)
    await redis.ready(2_000)
    const process = createRateLimiter({ name: 'shop', policies: [POLICY], redis, secret: 'test', log })
    await server.ask('CONFIG', 'SET', 'maxmemory', '1')
    const end = performance.now() + 2_000
    for (let n = 0; performance.now() < end; n++) {
      await process.count(POLICY, `oom ${n}`)
      await pause(5)
    }
    await server.ask('CONFIG', 'SET', 'maxmemory', '0')
    await until(() => said.length === 2)
    expect(said).toEqual([
      'Redis is out of memory: each replica limits requests by itself',
      'Redis works again: replicas limit requests together',
    ])
    await process.close()
  })
})
