import { hasRedis, RedisServer, startCluster, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe } from 'vitest'
import { cacheContract } from '../../test/cache.conformance.ts'

cacheContract('memory alone', () => undefined)

const withRedis = hasRedis()
afterAll(stopRedisServers)

describe.skipIf(!withRedis)('with Redis', () => {
  let url = ''
  beforeAll(async () => {
    url = (await RedisServer.start()).url
  })
  cacheContract('one Redis', () => url)
})

describe.skipIf(!withRedis)('with a cluster', () => {
  let url = ''
  beforeAll(async () => {
    url = (await startCluster()).url
  }, 30_000)
  cacheContract('a cluster of six nodes', () => url)
})
