import { setTimeout as sleep } from 'node:timers/promises'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { until } from '@harbor/shared-testing/until'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { fakeUpstream, listening } from '../../test/cache.conformance.ts'
import { countEvents, Thing } from '../../test/cache.ts'
import { addressOf } from '../../test/redis-address.ts'
import { connectRedis } from '../redis/connect.ts'
import { createCache, type EntityPolicy } from './index.ts'

const POLICY = { ttlMs: 400, graceMs: 400, negativeTtlMs: 400, tiers: 'memory+redis' } as const
const withRedis = hasRedis()

describe.skipIf(!withRedis)('two instances on one Redis', () => {
  let server: RedisServer
  const ends: (() => void)[] = []
  let names = 0

  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })
  afterAll(stopRedisServers)

  async function open(
    name: string,
    schema: z.ZodType<Thing> = Thing,
    listeners = 1,
    policy: EntityPolicy = POLICY,
  ) {
    const redis = connectRedis(addressOf(server.url))
    await redis.ready(2_000)
    const cache = createCache({ name, redis, random: () => 0.5 })
    ends.push(() => {
      cache.close()
      redis.close()
    })
    const things = cache.define({ namespace: 'catalog:thing', schema, policy })
    await listening(redis, `${name}:@purge`, listeners)
    return { cache, things, redis }
  }

  async function openTwo(other: z.ZodType<Thing> = Thing, policy: EntityPolicy = POLICY) {
    const name = `shared-${names++}`
    const upstream = fakeUpstream()
    upstream.put('a', 1)
    return {
      name,
      upstream,
      one: await open(name, Thing, 1, policy),
      two: await open(name, other, 2, policy),
    }
  }

  /** Entries are written to Redis after the answer. */
  const written = (name: string) =>
    until(async () => ((await server.ask('KEYS', `${name}:catalog:*`)) as string[]).length > 0)

  test('the second instance finds values and absences that the first loaded', async () => {
    const { name, upstream, one, two } = await openTwo()
    await one.things.getMany(['a', 'none'], upstream.load)
    await written(name)
    expect([...(await two.things.getMany(['a', 'none'], upstream.load)).keys()]).toEqual(['a'])
    expect(upstream.calls).toHaveLength(1)
  })

  test('an entry keeps its age in Redis: it becomes stale everywhere at the same time', async () => {
    const { name, upstream, one, two } = await openTwo()
    await one.things.getMany(['a'], upstream.load)
    await written(name)
    await sleep(300)
    await two.things.getMany(['a'], upstream.load)
    expect(upstream.calls).toHaveLength(1)
    await sleep(150)
    const { counts, end } = countEvents()
    await two.things.getMany(['a'], upstream.load)
    end()
    expect(counts.stale).toBe(1)
    await sleep(450)
    upstream.put('a', 2)
    const third = await open(`${name}`, Thing, 3)
    await until(async () => (await third.things.getMany(['a'], upstream.load)).get('a')?.version === 2)
  })

  test('an entry of another shape is never read', async () => {
    const other = z.object({ ...Thing.shape, version: z.number() })
    const { name, upstream, one, two } = await openTwo(other)
    await one.things.getMany(['a'], upstream.load)
    await written(name)
    await two.things.getMany(['a'], upstream.load)
    expect(upstream.calls).toHaveLength(2)
  })

  test.each([
    ['not JSON', `${'1'.repeat(16)}{`],
    ['of another form', `${'1'.repeat(16)}{"value":{}}`],
    [
      'a value that does not match its schema',
      `${'9'.repeat(16)}{"freshMs":9,"lifeMs":9,"loadMs":1,"tags":[],"value":{"id":1}}`,
    ],
    ['empty', ''],
  ])('an entry that is %s is a miss', async (_, text) => {
    const { name, upstream, one, two } = await openTwo()
    await one.things.getMany(['a'], upstream.load)
    await written(name)
    const [key = ''] = (await server.ask('KEYS', `${name}:catalog:*`)) as string[]
    await server.ask('SET', key, text, 'PX', 10_000)
    expect((await two.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(1)
    expect(upstream.calls).toHaveLength(2)
  })

  test('a late write of an older load neither replaces a newer value nor is served', async () => {
    const { name, upstream, one, two } = await openTwo()
    const gate = Promise.withResolvers<void>()
    upstream.state.before = () => gate.promise
    const old = one.things.getMany(['a'], upstream.load)
    await until(() => upstream.calls.length === 1)
    upstream.state.before = async () => {}
    upstream.put('a', 2)
    // The lock expires, as when its holder was paused for too long.
    const [lock = ''] = (await server.ask('KEYS', `@lock:{${name}:*`)) as string[]
    await server.ask('DEL', lock)
    expect((await two.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
    await written(name)
    gate.resolve()
    expect((await old).get('a')?.version).toBe(1)
    await sleep(50)
    const third = await open(name, Thing, 3)
    expect((await third.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
    expect(upstream.calls).toHaveLength(2)
  })

  test('a purge lost in a failover still holds in processes that received it', async () => {
    const { name, upstream, one, two } = await openTwo()
    await one.things.getMany(['a'], upstream.load)
    await written(name)
    upstream.put('a', 2)
    await one.cache.invalidate([one.things.tagOf('a')])
    await sleep(50)
    expect(await server.ask('DEL', `${name}:@tag:catalog:thing:a`)).toBe(1)
    expect((await two.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
  })

  test('a purge while Redis is down holds here at once, and everywhere once Redis is back', async () => {
    const { name, upstream, one, two } = await openTwo()
    await one.things.getMany(['a'], upstream.load)
    await written(name)
    upstream.put('a', 2)
    server.freeze()
    const begun = performance.now()
    await one.cache.invalidate([one.things.tagOf('a')])
    expect(performance.now() - begun).toBeLessThan(400)
    expect((await one.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
    server.thaw()
    await until(async () => (await two.things.getMany(['a'], upstream.load)).get('a')?.version === 2)
    await sleep(300)
    const third = await open(name, Thing, 1)
    expect((await third.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
  })

  test('an unsent purge is sent after reconnecting', async () => {
    const { name, upstream, one, two } = await openTwo(Thing, { ...POLICY, ttlMs: 60_000 })
    await two.things.getMany(['a'], upstream.load)
    await written(name)
    upstream.put('a', 2)
    one.redis.client.disconnect(true)
    await one.cache.invalidate([one.things.tagOf('a')])
    expect((await two.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(1)
    await until(async () => (await two.things.getMany(['a'], upstream.load)).get('a')?.version === 2, 1_500)
  })

  test('entries purged while an instance was disconnected are not served after it reconnects', async () => {
    const { name, upstream, one, two } = await openTwo()
    await two.things.getMany(['a'], upstream.load)
    await written(name)
    await server.ask('CLIENT', 'KILL', 'TYPE', 'pubsub')
    upstream.put('a', 2)
    await one.cache.invalidate([one.things.tagOf('a')])
    await listening(one.redis, `${name}:@purge`, 2)
    expect((await two.things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
  })
})
