import { hasRedis, RedisServer, startCluster, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, describe, expect, test } from 'vitest'
import { type Fault, killed, masterLost, restarted, stopped, underFault } from '../../test/cache-faults.ts'

// Scaled down; bench/redis-faults.ts runs the same for longer and prints the figures.
const LOAD = { rps: 200, beforeMs: 500, faultMs: 700 }
const withRedis = hasRedis()
afterAll(stopRedisServers)

describe.skipIf(!withRedis)('Redis in trouble under 200 requests a second', () => {
  test.each([
    ['killed', killed],
    ['stopped', stopped],
    ['restarted', restarted],
  ] as const)('%s: no error, bounded delay, back within a second', async (_, fault) => {
    const server = await RedisServer.start()
    await holds(server.url, fault(server))
  })

  test('a master of a cluster killed: the same', async () => {
    const cluster = await startCluster()
    await holds(cluster.url, masterLost(cluster, 'crash'))
  })
})

async function holds(url: string, fault: Fault): Promise<void> {
  const { errors, p99, backAfterMs } = await underFault(url, fault, LOAD)
  expect(errors).toBe(0)
  expect(p99.during).toBeLessThanOrEqual(p99.before + 50)
  expect(backAfterMs).toBeLessThanOrEqual(1_000)
}
