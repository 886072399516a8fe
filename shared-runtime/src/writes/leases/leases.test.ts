import { setTimeout as pause } from 'node:timers/promises'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf } from '../../../test/redis-address.ts'
import { connectRedis, type RedisConnection } from '../../redis/connect.ts'
import { sealOf } from '../../seal.ts'
import { type Claim, type LeasedRecords, LeaseLostError, type RecordSettings } from './leased-records.ts'
import { memoryRecords } from './memory.ts'
import { redisRecords } from './redis.ts'

const LONG_MS = 60_000
const DAY_MS = 86_400_000

let names = 0
const freshKey = () => `key-${++names}`

/** Two simulated processes over the same records. */
type Open = (settings: RecordSettings) => [LeasedRecords, LeasedRecords]

function claimed(claim: Claim) {
  if (claim.state !== 'claimed') throw new Error(`not claimed but ${claim.state}`)
  return claim
}

function contract(open: Open) {
  it('one of many claimants gets a new record, and all see its value', async () => {
    const [one, other] = open({ keepMs: DAY_MS, recovered: false })
    const key = freshKey()
    const claims = await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).claim(key, LONG_MS, `by ${n}`)),
    )
    const [winner, ...more] = claims.filter(({ state }) => state === 'claimed').map(claimed)
    expect(more).toEqual([])
    expect(winner?.isNew).toBe(true)
    for (const claim of claims) expect(claim).toMatchObject({ value: winner?.value })
  })

  it('is absent until it is created', async () => {
    const [records] = open({ keepMs: DAY_MS, recovered: false })
    expect(await records.claim(freshKey(), LONG_MS)).toEqual({ state: 'absent' })
  })

  it('passes to the next holder with the last value once the lease has expired', async () => {
    const [one, other] = open({ keepMs: DAY_MS, recovered: false })
    const key = freshKey()
    const { lease } = claimed(await one.claim(key, 60, 'first'))
    await one.write(lease, 'second', 60)
    expect(await other.claim(key, LONG_MS)).toEqual({ state: 'held', value: 'second' })
    await pause(80)
    expect(claimed(await other.claim(key, LONG_MS))).toMatchObject({ value: 'second', isNew: false })
    await expect(one.write(lease, 'third', LONG_MS)).rejects.toThrow(LeaseLostError)
    await expect(one.settle(lease, 'third')).rejects.toThrow(LeaseLostError)
    await one.release(lease, 'third', 0)
    await one.forget(lease)
    expect(await other.claim(key, LONG_MS)).toEqual({ state: 'held', value: 'second' })
  })

  it('a renewed lease does not expire', async () => {
    const [one, other] = open({ keepMs: DAY_MS, recovered: false })
    const key = freshKey()
    const { lease } = claimed(await one.claim(key, 40, 'a'))
    await one.write(lease, 'b', LONG_MS)
    await pause(60)
    expect((await other.claim(key, LONG_MS)).state).toBe('held')
  })

  it('can be claimed at once after its release', async () => {
    const [one, other] = open({ keepMs: DAY_MS, recovered: false })
    const key = freshKey()
    const { lease } = claimed(await one.claim(key, LONG_MS, 'a'))
    await one.release(lease, 'b', LONG_MS)
    expect(claimed(await other.claim(key, LONG_MS))).toMatchObject({ value: 'b', isNew: false })
  })

  it('is absent after its deletion', async () => {
    const [one, other] = open({ keepMs: DAY_MS, recovered: true })
    const key = freshKey()
    await one.forget(claimed(await one.claim(key, 0, 'a')).lease)
    expect(await other.claim(key, LONG_MS)).toEqual({ state: 'absent' })
    expect(await other.due(100)).not.toContain(key)
  })

  it('is read-only once settled, and expires after its time', async () => {
    const [one, other] = open({ keepMs: 80, recovered: false })
    const key = freshKey()
    const { lease } = claimed(await one.claim(key, LONG_MS, 'a'))
    await one.settle(lease, 'final')
    expect(await other.claim(key, LONG_MS, 'again')).toEqual({ state: 'settled', value: 'final' })
    await expect(one.write(lease, 'b', LONG_MS)).rejects.toThrow(LeaseLostError)
    await pause(120)
    expect(claimed(await other.claim(key, LONG_MS, 'again')).isNew).toBe(true)
  })

  it('is due once its lease or its delay has expired, but not while held or settled', async () => {
    const [one, other] = open({ keepMs: 50, recovered: true })
    const [dead, back, later, held, settled] = Array.from({ length: 5 }, freshKey) as [
      string,
      string,
      string,
      string,
      string,
    ]
    await one.claim(dead, 30, 'dead')
    await one.release(claimed(await one.claim(back, LONG_MS, 'b')).lease, 'b', 10)
    await one.release(claimed(await one.claim(later, LONG_MS, 'l')).lease, 'l', LONG_MS)
    await one.claim(held, LONG_MS, 'h')
    await one.settle(claimed(await one.claim(settled, LONG_MS, 's')).lease, 's')
    await pause(90)
    const due = await other.due(1_000)
    expect(due).toEqual(expect.arrayContaining([back, dead]))
    expect(due.indexOf(back)).toBeLessThan(due.indexOf(dead))
    for (const key of [later, held, settled]) expect(due).not.toContain(key)
    expect(await other.due(1)).toHaveLength(1)
    // Longer than `keepMs`: an open record stays until a holder recovers it.
    expect(claimed(await other.claim(dead, LONG_MS)).value).toBe('dead')
  })
}

describe('leased records in memory', () => {
  contract((settings) => {
    const records = memoryRecords(settings)
    return [records, records]
  })
})

const withRedis = hasRedis()
describe.skipIf(!withRedis)('leased records in Redis', () => {
  let server: RedisServer
  let connections: RedisConnection[]
  const seal = sealOf({})
  beforeAll(async () => {
    server = await RedisServer.start()
    connections = [connectRedis(addressOf(server.url)), connectRedis(addressOf(server.url))]
    await Promise.all(connections.map((connection) => connection.ready(2_000)))
  })
  afterAll(() => {
    for (const connection of connections) connection.close()
    stopRedisServers()
  })
  const open: Open = (settings) =>
    connections.map((connection) =>
      redisRecords({ ...settings, connection, namespace: 'test:things', seal }),
    ) as [LeasedRecords, LeasedRecords]

  contract(open)

  it('cannot be read by a reader of Redis', async () => {
    const [records] = open({ keepMs: DAY_MS, recovered: true })
    const key = freshKey()
    await records.claim(key, LONG_MS, 'the customer c1001')
    const kept = JSON.stringify(await server.ask('HGETALL', `{test:things}:${key}`))
    expect(kept).toContain('value')
    expect(kept).not.toContain('c1001')
  })

  it('fail quickly with a clear error while Redis is unavailable', async () => {
    const [records] = open({ keepMs: DAY_MS, recovered: false })
    server.freeze()
    const started = performance.now()
    await expect(records.claim(freshKey(), LONG_MS, 'a')).rejects.toMatchObject({
      upstream: 'redis',
      code: 'unavailable',
    })
    expect(performance.now() - started).toBeLessThan(1_000)
    server.thaw()
    await expect
      .poll(() =>
        records.claim(freshKey(), LONG_MS, 'a').then(
          ({ state }) => state,
          () => 'away',
        ),
      )
      .toBe('claimed')
  })
})
