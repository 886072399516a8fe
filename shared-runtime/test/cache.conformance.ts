import { setTimeout as sleep } from 'node:timers/promises'
import { until } from '@harbor/shared-testing/until'
import { afterEach, describe, expect, test } from 'vitest'
import { createCache, type EntityPolicy } from '../src/cache/index.ts'
import { connectRedis, type RedisConnection } from '../src/redis/connect.ts'
import { countEvents, Thing } from './cache.ts'
import { addressOf } from './redis-address.ts'

const POLICY: EntityPolicy = { ttlMs: 200, graceMs: 400, negativeTtlMs: 100, tiers: 'memory+redis' }

/** An upstream of a test: what it has, how it fails, and every call that it got. */
export function fakeUpstream() {
  const rows = new Map<string, Thing>()
  const calls: string[][] = []
  const state: { failing: boolean; before: () => Promise<unknown> } = {
    failing: false,
    before: async () => {},
  }
  return {
    calls,
    state,
    put: (id: string, version = 1, group = 'a') => void rows.set(id, { id, version, group }),
    remove: (id: string) => void rows.delete(id),
    load: async (ids: readonly string[], _signal?: AbortSignal): Promise<ReadonlyMap<string, Thing>> => {
      calls.push([...ids])
      // Read first, answered later: what an upstream sends may be old by the time it arrives.
      const answer = new Map(
        ids.flatMap((id) => (rows.has(id) ? [[id, { ...(rows.get(id) as Thing) }]] : [])),
      )
      await state.before()
      if (state.failing) throw new Error('upstream down')
      return answer as ReadonlyMap<string, Thing>
    },
  }
}

let names = 0

/** What a cache is to do, wherever it keeps its entries. `url` is called when the Redis, if any, runs. */
export function cacheContract(where: string, url: () => string | undefined): void {
  describe(`a cache in ${where}`, () => {
    const ends: (() => void)[] = []
    afterEach(() => {
      for (const end of ends.splice(0)) end()
    })

    const name = () => `contract-${process.pid}-${names++}`

    async function open(cacheName = name(), policy: EntityPolicy = POLICY) {
      const address = url()
      let redis: RedisConnection | undefined
      if (address) {
        redis = connectRedis(addressOf(address))
        expect(await redis.ready(5_000)).toBe(true)
      }
      // The random draw in the middle: no jitter, and no early refresh worth the name.
      const cache = createCache({ name: cacheName, redis, random: () => 0.5 })
      ends.push(() => {
        cache.close()
        redis?.close()
      })
      const things = cache.define({
        namespace: 'catalog:thing',
        schema: Thing,
        policy,
        tagsOf: (thing) => [`catalog:group:${thing.group}`],
      })
      // Listening begins with a gap, in which nothing is kept.
      if (redis) await listening(redis, `${cacheName}:@purge`)
      return { cache, things }
    }

    test('loads what is missing in one call, once, and remembers what does not exist', async () => {
      const { things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a')
      upstream.put('b')
      const ids = ['a', 'b', 'none', 'a']
      for (let i = 0; i < 3; i++)
        expect([...(await things.getMany(ids, upstream.load)).keys()].sort()).toEqual(['a', 'b'])
      expect(upstream.calls).toEqual([['a', 'b', 'none']])
      await sleep(130)
      upstream.put('none', 7)
      expect((await things.getMany(ids, upstream.load)).get('none')?.version).toBe(7)
    })

    test('rows answered in another order, doubled or unasked are joined by id', async () => {
      const { things } = await open()
      const row = (id: string) => [id, { id, version: 1, group: 'a' }] as const
      const found = await things.getMany(['a', 'b'], async () => new Map([row('z'), row('b'), row('a')]))
      expect([...found.values()].map(({ id }) => id).sort()).toEqual(['a', 'b'])
      expect((await things.get('z', async () => undefined)) ?? 'absent').toBe('absent')
    })

    test('serves stale within grace while one caller refreshes, then the new value', async () => {
      const { things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a', 1)
      await things.getMany(['a'], upstream.load)
      await sleep(250)
      upstream.put('a', 2)
      upstream.state.before = () => sleep(50)
      const reads = await Promise.all(Array.from({ length: 20 }, () => things.getMany(['a'], upstream.load)))
      expect(new Set(reads.map((found) => found.get('a')?.version))).toEqual(new Set([1]))
      await until(async () => (await things.getMany(['a'], upstream.load)).get('a')?.version === 2)
      expect(upstream.calls).toHaveLength(2)
    })

    test('an upstream that is down costs nothing within grace, and is an error after it', async () => {
      const { things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a')
      await things.getMany(['a'], upstream.load)
      upstream.state.failing = true
      await sleep(220)
      for (let i = 0; i < 10; i++) {
        expect((await things.getMany(['a'], upstream.load)).get('a')?.version).toBe(1)
        await sleep(20)
      }
      expect(upstream.calls.length).toBeLessThanOrEqual(2)
      await sleep(300)
      await expect(things.getMany(['a'], upstream.load)).rejects.toThrow('upstream down')
    })

    test.each([
      ['itself', 'catalog:thing:a'],
      ['what it depends on', 'catalog:group:a'],
      ['its kind', 'catalog:thing'],
    ])('a purge by the tag of %s makes the next read load again', async (_, tag) => {
      const { cache, things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a', 1)
      await things.getMany(['a'], upstream.load)
      upstream.put('a', 2)
      await cache.invalidate(['catalog:thing:other', 'catalog:group:other'])
      expect((await things.getMany(['a'], upstream.load)).get('a')?.version).toBe(1)
      await cache.invalidate([tag])
      expect((await things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
    })

    test('a delete that arrives during a fill wins: for who comes after it, and for good', async () => {
      const { cache, things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a', 1)
      const gate = Promise.withResolvers<void>()
      upstream.state.before = () => gate.promise
      const before = things.getMany(['a'], upstream.load)
      await until(() => upstream.calls.length === 1)
      upstream.put('a', 2)
      await cache.invalidate(['catalog:group:a'])
      const after = things.getMany(['a'], upstream.load)
      gate.resolve()
      expect((await before).get('a')?.version).toBe(1)
      expect((await after).get('a')?.version).toBe(2)
      expect((await things.getMany(['a'], upstream.load)).get('a')?.version).toBe(2)
      expect(upstream.calls).toHaveLength(2)
    })

    test('one load for a hundred callers; the abort of the first fails nobody else', async () => {
      const { things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a')
      upstream.state.before = () => sleep(50)
      const leaving = new AbortController()
      const first = things.getMany(['a'], upstream.load, { signal: leaving.signal })
      const others = Array.from({ length: 99 }, () => things.getMany(['a', 'b'], upstream.load))
      await until(() => upstream.calls.length > 0)
      leaving.abort()
      await expect(first).rejects.toMatchObject({ code: 'cancelled', upstream: 'catalog' })
      for (const found of await Promise.all(others)) expect(found.get('a')?.version).toBe(1)
      expect(upstream.calls.flat().sort()).toEqual(['a', 'b'])
    })

    test('the load is cancelled when nobody waits any more, and who comes then starts anew', async () => {
      const { things } = await open()
      const signals: AbortSignal[] = []
      const hang = (_: readonly string[], signal: AbortSignal) => {
        signals.push(signal)
        return new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason)),
        )
      }
      const leaving = new AbortController()
      const first = things.getMany(['a'], hang, { signal: leaving.signal })
      const second = things.getMany(['a'], hang, { deadline: performance.now() + 80 })
      await until(() => signals.length === 1)
      leaving.abort()
      await expect(first).rejects.toMatchObject({ code: 'cancelled' })
      expect(signals[0]?.aborted).toBe(false)
      await expect(second).rejects.toMatchObject({ code: 'timeout', retryable: true })
      expect(signals[0]?.aborted).toBe(true)
      const upstream = fakeUpstream()
      upstream.put('a', 3)
      expect((await things.getMany(['a'], upstream.load)).get('a')?.version).toBe(3)
    })

    test('a failed load is told to all who waited and is not remembered', async () => {
      const { things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a')
      upstream.state.failing = true
      const both = [things.getMany(['a'], upstream.load), things.getMany(['a'], upstream.load)]
      for (const each of both) await expect(each).rejects.toThrow('upstream down')
      upstream.state.failing = false
      expect((await things.getMany(['a'], upstream.load)).get('a')?.version).toBe(1)
      expect(upstream.calls).toHaveLength(2)
    })

    test('what it gives out cannot be changed for others', async () => {
      const { things } = await open()
      const upstream = fakeUpstream()
      upstream.put('a')
      const thing = (await things.getMany(['a'], upstream.load)).get('a') as Thing
      expect(() => {
        thing.version = 9
      }).toThrow(TypeError)
    })

    test('says what happened on its channels', async () => {
      const { things, cache } = await open()
      const upstream = fakeUpstream()
      upstream.put('a')
      const { counts, end } = countEvents()
      ends.push(end)
      await things.getMany(['a', 'none'], upstream.load)
      await things.getMany(['a', 'none'], upstream.load)
      await cache.invalidate(['x', 'y'])
      expect(counts).toEqual({ miss: 2, load: 2, hit: 1, negative: 1, purge: 2 })
    })
  })
}

/** Waits until somebody hears what is published on a channel. */
export async function listening(redis: RedisConnection, channel: string, count = 1): Promise<void> {
  const nodes = 'nodes' in redis.client ? redis.client.nodes('all') : [redis.client]
  await until(async () => {
    const heard = await Promise.all(nodes.map((node) => node.call('PUBSUB', 'NUMSUB', channel)))
    return heard.reduce<number>((sum, reply) => sum + numberIn(reply), 0) >= count
  })
  await sleep(20)
}

const numberIn = (reply: unknown): number =>
  Number(Array.isArray(reply) ? reply[1] : Object.values(reply as object)[0]) || 0
