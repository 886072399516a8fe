import { connectRedis } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Changed, ChangeLog } from './change-log.ts'
import { memoryChangeLog } from './memory-change-log.ts'
import { redisChangeLog } from './redis-change-log.ts'
import { positionOf, tokenOf } from './token.ts'

type Open = (options?: { keep: number }) => Promise<ChangeLog>

/** Behaviour of every change log, whatever its store. */
function promises(open: Open) {
  it('returns the changes after a position, each thing once, in the order of its last change', async () => {
    const log = await open()
    const start = await log.head()
    for (const thing of ['product:a', 'price:b', 'product:a'] as const) await log.record(thing, '1')
    expect(await log.since(start, 10)).toMatchObject({ changed: ['price:b', 'product:a'], more: false })
    expect(await log.since(await log.head(), 10)).toMatchObject({ changed: [], more: false })
  })

  it('stores the last processed event, including events that change nothing here', async () => {
    const log = await open()
    await log.record('product:a', '7')
    const { at } = await log.head()
    await log.record(undefined, '9')
    expect([await log.lastEvent(), (await log.head()).at]).toEqual(['9', at])
  })

  it('refuses positions of another epoch or in the future', async () => {
    const log = await open()
    await log.record('product:a', '1')
    const { epoch, at } = await log.head()
    expect(await log.since({ epoch, at: at + 1 }, 10)).toBeUndefined()
    expect(await log.since({ epoch: 'another', at }, 10)).toBeUndefined()
    await log.startOver()
    expect(await log.since({ epoch, at }, 10)).toBeUndefined()
    expect(await log.since(await log.head(), 10)).toMatchObject({ changed: [] })
  })

  it('is bounded, and refuses positions older than its oldest change', async () => {
    const log = await open({ keep: 3 })
    const positions = [await log.head()]
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      await log.record(`product:${name}`, '1')
      positions.push(await log.head())
    }
    const known = await Promise.all(positions.map((position) => log.since(position, 10)))
    expect(known.map((found) => found?.changed.length)).toEqual([undefined, undefined, 3, 2, 1, 0])
  })

  it('property: a reader at any position gets all later changes, page by page', async () => {
    const thing = fc.constantFrom<Changed>('product:a', 'product:b', 'product:c', 'price:a', 'price:b')
    await fc.assert(
      fc.asyncProperty(
        fc.array(thing, { maxLength: 20 }),
        fc.nat(20),
        fc.integer({ min: 1, max: 3 }),
        async (things, lag, limit) => {
          const log = await open()
          let position = await log.head()
          for (const [n, one] of things.entries()) {
            if (n === lag) position = await log.head()
            await log.record(one, '1')
          }
          const heard = new Set<string>()
          for (let more = true; more; ) {
            const found = await log.since(position, limit)
            expect(found).toBeDefined()
            for (const one of found?.changed ?? []) heard.add(one)
            position = found?.position ?? position
            more = found?.more ?? false
          }
          const lagging = lag < things.length ? things.slice(lag) : things
          expect([...heard].sort()).toEqual([...new Set(lagging)].sort())
        },
      ),
      { numRuns: 50 },
    )
  })
}

describe('a log in memory', () => {
  promises(async (options) => memoryChangeLog(options))
})

describe.skipIf(!hasRedis())('a log in Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.start()
  })
  afterAll(() => server.kill())

  const connection = async () => {
    const redis = connectRedis(addressOf(server.url))
    onTestFinished(() => redis.close())
    await redis.ready(5_000)
    return redis
  }
  const emptied: Open = async (options) => {
    await server.ask('FLUSHALL')
    return redisChangeLog(await connection(), options)
  }

  promises(emptied)

  it('is shared by all replicas, and outlives each', async () => {
    const one = await emptied()
    const position = await one.head()
    await one.record('product:a', '5')
    const other = redisChangeLog(await connection())
    expect(await other.since(position, 10)).toMatchObject({ changed: ['product:a'] })
    expect(await other.lastEvent()).toBe('5')
    expect(await other.head()).toEqual(await one.head())
  })

  it.each(['log', 'state'])('starts a new epoch when Redis has lost its %s', async (lost) => {
    const log = await emptied()
    await log.record('product:a', '1')
    const position = await log.head()
    await server.ask('DEL', `mobile-bff:{changes}:${lost}`)
    expect(await log.since(position, 10)).toBeUndefined()
    const next = await log.head()
    expect(next.epoch).not.toBe(position.epoch)
    await log.record('product:b', '2')
    expect(await log.since(next, 10)).toMatchObject({ changed: ['product:b'] })
  })

  it('starts a new epoch when a lagging replica of Redis takes over', async () => {
    const log = await emptied()
    await log.record('product:a', '1')
    await log.record('product:a', '2')
    await log.record('product:a', '3')
    const { epoch } = await log.head()
    // As if the last two writes had never been replicated.
    await server.ask('HINCRBY', 'mobile-bff:{changes}:state', 'at', -2)
    await log.record('product:b', '4')
    expect((await log.head()).epoch).not.toBe(epoch)
  })
})

describe('a token', () => {
  it('decodes to the position that it encodes, and nothing else decodes to a position', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{1,12}$/), fc.nat(), (epoch, at) => {
        expect(positionOf(tokenOf({ epoch, at }))).toEqual({ epoch, at })
      }),
    )
    for (const token of [
      '',
      '-',
      'abc',
      Buffer.from('a.b').toString('base64url'),
      Buffer.from('a.1.2').toString('base64url'),
    ])
      expect(positionOf(token)).toBeUndefined()
  })
})
