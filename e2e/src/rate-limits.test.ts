import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { scaled } from '@harbor/shared-testing/soak'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startProcess } from './harness.ts'

const LIMIT = scaled(300, 3_000)
const REQUESTS = 5 * LIMIT
const REPLICAS = 3
/** Requests of one replica that are on their way at a time. */
const CONCURRENT = 10

describe.skipIf(!hasRedis())('three replicas that share a Redis', () => {
  let redis: RedisServer
  let replicas: Running[]
  beforeAll(async () => {
    redis = await RedisServer.start()
    const env = {
      REDIS_URL: redis.url,
      SEAL_KEYS,
      RATE_LIMIT_ADDRESS: `${LIMIT}/600`,
      TRUSTED_PROXIES: '127.0.0.1',
    }
    replicas = await Promise.all(Array.from({ length: REPLICAS }, () => startProcess('rest-mobile-bff', env)))
  })
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    redis.kill()
  })

  /**
   * A burst from one address over all replicas: how many were admitted, in total and by the replica that admitted
   * most.
   */
  async function burst(from: string) {
    const statuses = new Map<number, number>()
    const waits: number[] = []
    const admitted = await Promise.all(
      replicas.map(async ({ addresses }) => {
        let left = REQUESTS / REPLICAS
        let passed = 0
        const ask = async () => {
          while (left-- > 0) {
            const begun = performance.now()
            const answer = await fetch(`${addresses.http}/v1/nothing`, {
              headers: { 'x-forwarded-for': from },
            })
            await answer.arrayBuffer()
            waits.push(performance.now() - begun)
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
            if (answer.status === 404) passed++
          }
        }
        await Promise.all(Array.from({ length: CONCURRENT }, ask))
        return passed
      }),
    )
    const sorted = waits.toSorted((a, b) => a - b)
    const found = {
      admitted: admitted.reduce((a, b) => a + b, 0),
      most: Math.max(...admitted),
      statuses: [...statuses.keys()].toSorted(),
      slowest: Math.round(sorted.at(-1) ?? 0),
      p99: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
    }
    if (process.env.SOAK === 'true') process.stdout.write(`${from}: ${JSON.stringify(found)}\n`)
    return found
  }

  const expectTogether = ({ admitted, statuses }: Awaited<ReturnType<typeof burst>>) => {
    expect(Math.abs(admitted - LIMIT)).toBeLessThanOrEqual(LIMIT / 100)
    expect(statuses).toEqual([404, 429])
  }

  /** Each replica by itself: no more than the limit of each, no error, and no wait to speak of. */
  const expectApart = ({ most, statuses, slowest }: Awaited<ReturnType<typeof burst>>) => {
    expect(most).toBeLessThanOrEqual(LIMIT)
    expect(statuses).toEqual([404, 429])
    expect(slowest).toBeLessThan(1_000)
  }

  const countsTogether = ({ lines }: Running) =>
    /works again: replicas/.test(lines.findLast((line) => /replicas? limit/.test(line)) ?? '')

  it('admit what one may, within 1 %', async () => {
    expectTogether(await burst('198.51.100.1'))
  })

  it.each(['freeze', 'crash'] as const)(
    'go on by themselves when it is gone (%s), and together when it is back',
    async (fault) => {
      redis[fault]()
      expectApart(await burst(fault === 'freeze' ? '198.51.100.2' : '198.51.100.3'))
      if (fault === 'freeze') redis.thaw()
      else await redis.start()
      await expect.poll(() => replicas.map(countsTogether), { timeout: 10_000 }).toEqual([true, true, true])
      expectTogether(await burst(fault === 'freeze' ? '198.51.100.4' : '198.51.100.5'))
    },
  )
})
