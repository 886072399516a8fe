import { setTimeout as sleep } from 'node:timers/promises'
import { random } from '@harbor/shared-testing/seed'
import { until } from '@harbor/shared-testing/until'
import { describe, expect, test, vi } from 'vitest'
import { countEvents, Thing } from '../../test/cache.ts'
import { UpstreamError } from '../errors/errors.ts'
import { Rows } from '../request/rows.ts'
import { cacheChannels } from './channels.ts'
import { freeze } from './entry.ts'
import { createCache } from './index.ts'
import { lifeOf, refreshesEarly } from './policy.ts'
import { PurgeLog } from './purge-log.ts'

const POLICY = { ttlMs: 1_000, graceMs: 500, negativeTtlMs: 100, tiers: 'memory' } as const
const rows =
  (version = 1, text = 'a') =>
  async (ids: readonly string[]) =>
    new Map(ids.map((id) => [id, { id, version, group: text }]))

const half = (): number => 0.5

function open({ maxEntries = 100, maxBytes = 1_000_000, random = half } = {}) {
  const clock = { now: 0 }
  const cache = createCache({ name: 'memory', maxEntries, maxBytes, now: () => clock.now, random })
  const things = cache.define({ namespace: 'catalog:thing', schema: Thing, policy: POLICY })
  return { cache, things, clock }
}

describe('memory', () => {
  test('is bounded by entries, and removes the tags of evicted ones', async () => {
    const { cache, things } = open({ maxEntries: 10 })
    for (let i = 0; i < 100; i++) await things.getMany([`${i}`], rows())
    expect(cache.size()).toMatchObject({ entries: 10, tags: 11 })
    await cache.invalidateAll()
    expect(cache.size()).toEqual({ entries: 0, bytes: 0, tags: 0, evicted: 90 })
  })

  test('is bounded by bytes; an entry above the bound is served without being stored', async () => {
    const { cache, things } = open({ maxBytes: 10_000 })
    for (let i = 0; i < 100; i++) await things.getMany([`${i}`], rows(1, 'x'.repeat(1_000)))
    expect(cache.size().bytes).toBeLessThanOrEqual(10_000)
    expect(cache.size().entries).toBeGreaterThan(5)
    const found = await things.getMany(['huge'], rows(1, 'x'.repeat(20_000)))
    expect(found.get('huge')?.group).toHaveLength(20_000)
    expect(cache.size().tags).toBe(cache.size().entries + 1)
  })

  test('an entity that arrived malformed is broken alone, is not stored, and leaves what a refresh was to replace', async () => {
    const { things, clock } = open()
    const error = new UpstreamError('catalog', 'invalid_answer', 'a row is not as agreed')
    const load = vi.fn(async (ids: readonly string[]) => {
      const found = new Rows(await rows()(ids.filter((id) => id !== 'b')))
      if (ids.includes('b')) found.broken.set('b', error)
      return found
    })
    for (let time = 1; time <= 2; time++) {
      const found = await things.getMany(['a', 'b'], load)
      expect([[...found.keys()], [...found.broken]]).toEqual([['a'], [['b', error]]])
    }
    expect(load.mock.calls.map(([ids]) => ids)).toEqual([['a', 'b'], ['b']])
    clock.now = 1_200
    const breaking = async (ids: readonly string[]) => {
      const none = new Rows<Thing>()
      for (const id of ids) none.broken.set(id, error)
      return none
    }
    await things.getMany(['a'], breaking) // stale: refreshed behind the answer
    await until(() => things.getMany(['a'], breaking).then((found) => found.has('a')))
  })

  test('an id of an object’s own words is an id like others', async () => {
    const { things } = open()
    for (const id of ['__proto__', 'constructor', '', '{}:*'])
      expect((await things.get(id, async () => ({ id, version: 1, group: '' })))?.id).toBe(id)
  })

  test('freezes and measures values at any depth, including cycles', () => {
    const cycle: Record<string, unknown> = { list: [{ text: 'x'.repeat(500) }] }
    cycle.self = cycle
    expect(freeze(cycle)).toBeGreaterThan(500)
    expect(Object.isFrozen((cycle.list as object[])[0])).toBe(true)
    expect(freeze(new Uint8Array(4))).toBe(52)
  })
})

describe('ageing', () => {
  test('an entry lives for its ttl ± 10 %, then for its grace', () => {
    expect(lifeOf(POLICY, true, () => 0)).toEqual({ freshMs: 900, lifeMs: 1_400 })
    expect(lifeOf(POLICY, true, () => 0.999999)).toEqual({ freshMs: 1_100, lifeMs: 1_600 })
    expect(lifeOf(POLICY, false, () => 0.5)).toEqual({ freshMs: 100, lifeMs: 100 })
  })

  test('an early refresh is likelier the nearer the expiry and the longer the load', () => {
    const share = (leftMs: number, loadMs: number) => {
      let early = 0
      for (let i = 0; i < 4_000; i++) if (refreshesEarly(leftMs, loadMs, random)) early++
      return early / 4_000
    }
    // exp(-left / load)
    expect(share(100, 100)).toBeCloseTo(Math.exp(-1), 1)
    expect(share(300, 100)).toBeCloseTo(Math.exp(-3), 1)
    expect(share(10_000, 100)).toBe(0)
    expect(refreshesEarly(10_000, 100, () => 1 - Number.EPSILON / 2)).toBe(false)
  })

  test('an early refresh serves the cached value and is started by one caller only', async () => {
    const chance = { draw: 0.5 }
    const { things, clock } = open({ random: () => chance.draw })
    const slow = async (ids: readonly string[]) => {
      clock.now += 100
      return rows(1)(ids)
    }
    await things.getMany(['a'], slow)
    clock.now += 950
    chance.draw = 0.9
    const { counts, end } = countEvents()
    const load = vi.fn(rows(2))
    const reads = await Promise.all(Array.from({ length: 10 }, () => things.getMany(['a'], load)))
    end()
    expect(new Set(reads.map((found) => found.get('a')?.version))).toEqual(new Set([1]))
    expect(load).toHaveBeenCalledTimes(1)
    expect(counts).toMatchObject({ hit: 10, 'early-refresh': 1 })
    expect((await things.getMany(['a'], load)).get('a')?.version).toBe(2)
  })

  test('a failed refresh is not retried for a second', async () => {
    const { things, clock } = open()
    await things.getMany(['a'], rows())
    clock.now = 1_050
    const load = vi.fn(async () => Promise.reject(new Error('down')))
    for (let i = 0; i < 5; i++) {
      expect((await things.getMany(['a'], load)).get('a')?.version).toBe(1)
      await sleep(1)
    }
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('past its grace an entry serves only as last resort, if the policy allows it and it was not purged', async () => {
    const { cache, clock } = open()
    const kept = cache.define({
      namespace: 'catalog:kept',
      schema: Thing,
      policy: { ...POLICY, lastResortMs: 5_000 },
    })
    const { things } = open()
    const down = async () => Promise.reject(new Error('down'))
    const a = { id: 'a', version: 1, group: '' }
    for (const entities of [kept, things]) await entities.get('a', async () => a)
    clock.now = 1_700
    await expect(kept.get('a', down)).rejects.toThrow('down')
    expect(kept.lastResort('a')).toEqual(a)
    clock.now = 6_700
    expect(kept.lastResort('a')).toBeUndefined()

    clock.now = 0
    await kept.get('b', async () => ({ ...a, id: 'b' }))
    await cache.invalidate([kept.tagOf('b')])
    expect(kept.lastResort('b')).toBeUndefined()
  })

  test('get and getMany cache absence for its own ttl', async () => {
    const { things, clock } = open()
    const load = vi.fn(async () => undefined)
    for (let i = 0; i < 3; i++) expect(await things.get('none', load)).toBeUndefined()
    expect(load).toHaveBeenCalledTimes(1)
    clock.now = 101
    await things.get('none', load)
    expect(load).toHaveBeenCalledTimes(2)
  })
})

describe('channels', () => {
  test('no message is built without a subscriber', () => {
    for (const target of Object.values(cacheChannels)) expect(target.hasSubscribers).toBe(false)
  })

  test('an event carries the error', async () => {
    const { things } = open()
    const heard: unknown[] = []
    const listen = (event: unknown) => heard.push(event)
    cacheChannels['load-error'].subscribe(listen)
    const error = new Error('down')
    await things.getMany(['a', 'b'], async () => Promise.reject(error)).catch(() => {})
    await until(() => heard.length > 0)
    cacheChannels['load-error'].unsubscribe(listen)
    expect(heard).toEqual([{ cache: 'memory', namespace: 'catalog:thing', count: 2, error }])
  })
})

describe('the log of purges', () => {
  test('treats evicted records as purges', () => {
    const log = new PurgeLog()
    const before = log.now
    for (let i = 0; i < 10_001; i++) log.record([`tag:${i}`])
    expect(log.purgedSince(['never purged'], before)).toBe(true)
    expect(log.purgedSince(['never purged'], log.now - 1)).toBe(false)
    log.recordAll()
    expect(log.purgedSince(['never purged'], log.now - 1)).toBe(true)
    expect(log.purgedSince(['never purged'], log.now)).toBe(false)
  })
})
