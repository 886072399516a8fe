import { setTimeout as pause } from 'node:timers/promises'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { addressOf } from '../../../test/redis-address.ts'
import { createLog } from '../../log/log.ts'
import { connectRedis, type RedisConnection } from '../../redis/connect.ts'
import { sealOf } from '../../seal.ts'
import { openRecords } from '../leases/index.ts'
import { createIdempotency, type Idempotency, KEPT_MS, type KeptAnswer } from './idempotency.ts'
import { beforeWriting } from './no-effect.ts'

const log = createLog('test', 'silent')
const seal = sealOf({})
const ANSWER: KeptAnswer = { status: 201, headers: { 'Schema-Version': '1' }, body: '{"done":true}' }

let keys = 0
const write = (more = {}) => ({
  user: 'c1001',
  route: 'checkout',
  key: `key-${++keys}`,
  request: '{"cartId":"k1001"}',
  leaseMs: 5_000,
  ...more,
})

/** Behaviour over two simulated processes. */
function contract(open: () => [Idempotency, Idempotency]) {
  it('requested fifty times at once, in two processes, is executed once; the others get IN_PROGRESS', async () => {
    const [one, other] = open()
    const asked = write()
    const work = vi.fn(async () => {
      await pause(50)
      return ANSWER
    })
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).once(asked, work)),
    )
    expect(work).toHaveBeenCalledTimes(1)
    const done = outcomes.filter(({ status }) => status === 'fulfilled')
    expect(done).toHaveLength(1)
    for (const outcome of outcomes)
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'IN_PROGRESS', retryAfterS: 1 })
    expect(await other.once(asked, work)).toEqual({ answer: ANSWER, replayed: true })
    expect(work).toHaveBeenCalledTimes(1)
  })

  it('refuses a different request under its key, during execution and afterwards', async () => {
    const [one, other] = open()
    const asked = write()
    const { promise, resolve } = Promise.withResolvers<KeptAnswer>()
    const running = one.once(asked, () => promise)
    const another = () => other.once({ ...asked, request: '{}' }, async () => ANSWER)
    await expect.poll(() => another().catch(({ code }) => code)).toBe('IDEMPOTENCY_KEY_REUSED')
    resolve(ANSWER)
    await running
    await expect(another()).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  it('is independent of the same key of another user or route', async () => {
    const [one] = open()
    const asked = write()
    const ids = new Set<string>()
    for (const more of [{}, { user: 'c1002' }, { route: 'add-to-cart' }])
      await one.once({ ...asked, ...more }, async ({ id }) => {
        ids.add(id)
        return ANSWER
      })
    expect(ids.size).toBe(3)
    for (const id of ids) expect(id).toMatch(/^[\w-]{43}$/)
  })

  it('is taken over under the same id when its process dies', async () => {
    const [one, other] = open()
    const asked = write({ leaseMs: 80 })
    const ids: string[] = []
    void one.once(asked, async ({ id }) => {
      ids.push(id)
      return new Promise<never>(() => {})
    })
    await expect.poll(() => ids.length).toBe(1)
    await expect(other.once(asked, async () => ANSWER)).rejects.toMatchObject({ code: 'IN_PROGRESS' })
    await pause(100)
    const { replayed } = await other.once(asked, async ({ id }) => {
      ids.push(id)
      return ANSWER
    })
    expect(replayed).toBe(false)
    expect(ids[1]).toBe(ids[0])
  })

  it('with an unknown outcome can be retried at once, with the same request only', async () => {
    const [one, other] = open()
    const asked = write()
    await expect(one.once(asked, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer')
    const another = other.once({ ...asked, request: '{}' }, async () => ANSWER)
    await expect(another).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    // An attempt that fails before it writes does not rule out that an earlier one has written.
    const reading = () => beforeWriting(Promise.reject(new Error('no stock')))
    await expect(other.once(asked, reading)).rejects.toThrow('no stock')
    await expect(other.once({ ...asked, request: '{}' }, async () => ANSWER)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    })
    expect(await other.once(asked, async () => ANSWER)).toEqual({ answer: ANSWER, replayed: false })
  })

  it('that failed before it wrote frees the key for any request', async () => {
    const [one, other] = open()
    const asked = write()
    const reading = () => beforeWriting(Promise.reject(new Error('no stock')))
    await expect(one.once(asked, reading)).rejects.toThrow('no stock')
    expect((await other.once({ ...asked, request: '{}' }, async () => ANSWER)).replayed).toBe(false)
  })
}

describe('a write in memory', () => {
  contract(() => {
    const records = openRecords({
      redis: undefined,
      namespace: 'test',
      seal,
      keepMs: KEPT_MS,
      recovered: false,
    })
    return [createIdempotency(records, log), createIdempotency(records, log)]
  })
})

describe.skipIf(!hasRedis())('a write with Redis', () => {
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
    connections.map((redis) =>
      createIdempotency(
        openRecords({ redis, namespace: 'test:idempotency', seal, keepMs: KEPT_MS, recovered: false }),
        log,
      ),
    ) as [Idempotency, Idempotency]

  contract(open)

  it('is stored for a day, without readable data of user, request or answer', async () => {
    const [one] = open()
    await one.once(write(), async () => ANSWER)
    const names = (await server.ask('KEYS', '*')) as string[]
    const kept = await Promise.all(names.map((name) => server.ask('HGETALL', name)))
    expect(JSON.stringify([names, kept])).not.toMatch(/c1001|k1001|done|checkout"/)
    const ttls = await Promise.all(names.map((name) => server.ask('PTTL', name)))
    for (const ttl of ttls) expect(Number(ttl)).toBeGreaterThan(KEPT_MS - 60_000)
  })

  it('is not executed while Redis is unavailable', async () => {
    const [one] = open()
    const work = vi.fn(async () => ANSWER)
    server.freeze()
    await expect(one.once(write(), work)).rejects.toMatchObject({ upstream: 'redis', retryable: true })
    server.thaw()
    expect(work).not.toHaveBeenCalled()
  })
})
