import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf } from '../../../test/redis-address.ts'
import { connectRedis, type RedisConnection } from '../../redis/connect.ts'
import { type Claims, REFUSED_MS, SPENT_MS } from './claims.ts'
import { openClaims } from './index.ts'

let things = 0
const fresh = () => `thing-${++things}`

/** Behaviour of claims over two simulated processes. */
function contract(open: () => [Claims, Claims]) {
  it('are taken by one of many owners at once', async () => {
    const [one, other] = open()
    const thing = fresh()
    const takers = Array.from({ length: 50 }, (_, n) =>
      (n % 2 ? one : other).take({ thing, version: 1, owner: `owner-${n}` }),
    )
    const answers = await Promise.all(takers)
    expect(answers.filter((answer) => answer === 'taken')).toHaveLength(1)
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(49)
  })

  it('are held in every version until they are released', async () => {
    const [one, other] = open()
    const thing = fresh()
    const first = { thing, version: 3, owner: 'first' }
    expect(await one.take(first)).toBe('taken')
    expect(await other.take(first)).toBe('taken')
    expect(await other.take({ thing, version: 4, owner: 'second' })).toBe('held')
    await other.release(first)
    expect(await one.take({ thing, version: 3, owner: 'third' })).toBe('taken')
  })

  it('are spent for a version and earlier ones, and free for later ones', async () => {
    const [one, other] = open()
    const thing = fresh()
    const first = { thing, version: 9, owner: 'first' }
    await one.take(first)
    await one.spend(first)
    await one.spend(first)
    for (const version of [8, 9])
      expect(await other.take({ thing, version, owner: `v${version}` })).toBe('spent')
    const next = { thing, version: 10, owner: 'next' }
    expect(await other.take(next)).toBe('taken')
    await other.release(next)
    expect(await one.take({ thing, version: 9, owner: 'late' })).toBe('spent')
  })

  it('are not taken by a delayed call of an owner that was refused or has released its claim', async () => {
    const [one, other] = open()
    const thing = fresh()
    const first = { thing, version: 1, owner: 'first' }
    const second = { thing, version: 1, owner: 'second' }
    await one.take(first)
    expect(await other.take(second)).toBe('held')
    await one.release(first)
    expect(await other.take(second)).toBe('held')
    expect(await one.take(first)).toBe('held')
    // It does not release or spend the claim of another owner either.
    const third = { thing, version: 1, owner: 'third' }
    expect(await one.take(third)).toBe('taken')
    await other.release(first)
    expect(await one.take({ ...third, owner: 'fourth' })).toBe('held')
  })

  it('agree with a model over any sequence of calls', async () => {
    const Call = fc.record({
      what: fc.constantFrom('take', 'release', 'spend'),
      owner: fc.constantFrom('a', 'b', 'c'),
      version: fc.integer({ min: 0, max: 3 }),
      process: fc.constantFrom(0, 1),
    } as const)
    await fc.assert(
      fc.asyncProperty(fc.array(Call, { maxLength: 20 }), async (calls) => {
        const both = open()
        const thing = fresh()
        let holder: string | undefined
        let spent = -1
        const answers = new Map<string, 'held' | 'spent'>()
        for (const { what, owner, version, process } of calls) {
          const claim = { thing, version, owner }
          const free = version > spent ? 'taken' : 'spent'
          const expected =
            answers.get(owner) ?? (holder === owner ? 'taken' : holder !== undefined ? 'held' : free)
          if (what === 'take') {
            expect(await both[process].take(claim)).toBe(expected)
            if (expected === 'taken') holder = owner
            else answers.set(owner, expected)
            continue
          }
          await both[process][what](claim)
          if (what === 'release') answers.set(owner, 'held')
          else spent = Math.max(spent, version)
          if (holder === owner) holder = undefined
        }
      }),
      { numRuns: scaled(100, 5_000) },
    )
  })
}

describe('claims in memory', () => {
  contract(() => {
    const claims = openClaims({ redis: undefined, namespace: 'test' })
    return [claims, claims]
  })
})

describe.skipIf(!hasRedis())('claims in Redis', () => {
  let server: RedisServer
  let connections: RedisConnection[]
  beforeAll(async () => {
    server = await RedisServer.start()
    connections = [connectRedis(addressOf(server.url)), connectRedis(addressOf(server.url))]
    await Promise.all(connections.map((connection) => connection.ready(2_000)))
  })
  afterAll(() => {
    for (const connection of connections) connection.close()
    stopRedisServers()
  })
  const open = () =>
    connections.map((redis) => openClaims({ redis, namespace: 'test:things' })) as [Claims, Claims]

  contract(open)

  it('expire once they are released or spent, but not while they are held', async () => {
    const [claims] = open()
    const ttl = async (thing: string, owner = '') =>
      Number(await server.ask('PTTL', `test:things:{${thing}}${owner}`))
    const claim = { thing: fresh(), version: 1, owner: 'first' }
    await claims.take(claim)
    expect(await ttl(claim.thing)).toBe(-1)
    await claims.take({ ...claim, owner: 'second' })
    expect(await ttl(claim.thing, ':second')).toBeGreaterThan(REFUSED_MS - 60_000)
    await claims.spend(claim)
    expect(await ttl(claim.thing)).toBeGreaterThan(SPENT_MS - 60_000)
    await claims.take({ ...claim, version: 2, owner: 'third' })
    expect(await ttl(claim.thing)).toBe(-1)
    await claims.release({ ...claim, version: 2, owner: 'third' })
    expect(await ttl(claim.thing)).toBeGreaterThan(SPENT_MS - 60_000)
    const unspent = { ...claim, thing: fresh() }
    await claims.take(unspent)
    await claims.release(unspent)
    expect(await ttl(unspent.thing)).toBe(-2)
  })

  it('fail, and take nothing, while Redis is away', async () => {
    const [claims] = open()
    server.freeze()
    await expect(claims.take({ thing: fresh(), version: 1, owner: 'first' })).rejects.toMatchObject({
      upstream: 'redis',
      code: 'unavailable',
    })
    server.thaw()
  })
})
