import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { addressOf } from '../../test/redis-address.ts'
import { createLog } from '../log/log.ts'
import { connectRedis } from '../redis/connect.ts'
import { createUsedProofs } from './used-proofs.ts'

const log = createLog('test', 'silent')
const withRedis = hasRedis()
afterAll(stopRedisServers)

/** The used-proof store of one more process. */
async function replica(url: string) {
  const redis = connectRedis(addressOf(url))
  onTestFinished(() => redis.close())
  await redis.ready(5_000)
  return createUsedProofs(redis, log)
}

test('in memory, a proof is accepted once until it expires', async () => {
  const proofs = createUsedProofs(undefined, log)
  expect(await proofs.use('a', 1_000)).toBe(true)
  expect(await proofs.use('a', 1_000)).toBe(false)
  expect(await proofs.use('b', 1_000)).toBe(true)
  await expect.poll(() => proofs.use('a', 1_000), { timeout: 10_000 }).toBe(true)
})

test('memory stays bounded under a flood of proofs', async () => {
  const proofs = createUsedProofs(undefined, log)
  for (let i = 0; i < 100_001; i++) await proofs.use(`${i}`, 60_000)
  expect(await proofs.use('100000', 60_000)).toBe(false)
  expect(await proofs.use('0', 60_000)).toBe(true)
})

describe.skipIf(!withRedis)('with Redis', () => {
  test('a proof is accepted once over all replicas', async () => {
    const { url } = await RedisServer.start()
    const replicas = [await replica(url), await replica(url), await replica(url)]
    const uses = await Promise.all(
      Array.from({ length: 60 }, (_, i) => replicas[i % 3]?.use(`p${i % 20}`, 60_000)),
    )
    expect(uses.filter(Boolean)).toHaveLength(20)
  })

  test('records in Redis reveal neither token nor key, and expire with the proof', async () => {
    const server = await RedisServer.start()
    await (await replica(server.url)).use('thumbprint.a-proof', 60_000)
    const [key] = (await server.ask('KEYS', '*')) as [string]
    expect(key).toMatch(/^dpop:[\w-]{43}$/)
    expect(await server.ask('PTTL', key)).toBeGreaterThan(50_000)
    expect(await server.ask('PTTL', key)).toBeLessThanOrEqual(60_000)
  })

  test('while Redis is unavailable, the wait is bounded and each replica still accepts a proof once', async () => {
    const server = await RedisServer.start()
    const replicas = [await replica(server.url), await replica(server.url)]
    server.freeze()
    const begun = performance.now()
    for (let i = 0; i < 50; i++)
      for (const proofs of replicas)
        expect([await proofs.use(`p${i}`, 60_000), await proofs.use(`p${i}`, 60_000)]).toEqual([true, false])
    // A few waits of 50 ms each, then none; 100 of them would take 5 s.
    expect(performance.now() - begun).toBeLessThan(2_500)
    server.thaw()
  })
})
