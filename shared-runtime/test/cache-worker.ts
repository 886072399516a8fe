import { createCache } from '../src/cache/index.ts'
import { connectRedis } from '../src/redis/connect.ts'
import { Thing } from './cache.ts'
import { addressOf } from './redis-address.ts'

// One of several processes that share a Redis, told by the test what to do.

export type Order =
  | { readonly do: 'read'; readonly id: string; readonly times: number }
  | { readonly do: 'invalidate'; readonly tags: readonly string[] }
export type Answer = { readonly order: number; readonly versions: readonly number[] }

const { REDIS_URL = '', UPSTREAM = '', CACHE = '' } = process.env
const redis = connectRedis(addressOf(REDIS_URL))
const cache = createCache({ name: CACHE, redis })
const things = cache.define({
  namespace: 'catalog:thing',
  schema: Thing,
  policy: { ttlMs: 60_000, graceMs: 60_000, negativeTtlMs: 1_000, tiers: 'memory+redis' },
})

const load = async (ids: readonly string[], signal: AbortSignal) => {
  const answer = await fetch(`${UPSTREAM}/${ids.join()}?from=${process.pid}`, { signal })
  return new Map(
    Thing.array()
      .parse(await answer.json())
      .map((thing) => [thing.id, thing]),
  )
}

async function obey(order: Order): Promise<number[]> {
  if (order.do === 'invalidate') {
    await cache.invalidate(order.tags)
    return []
  }
  const reads = Array.from({ length: order.times }, () => things.getMany([order.id], load))
  return (await Promise.all(reads)).map((found) => found.get(order.id)?.version ?? 0)
}

process.on('message', async ({ number, order }: { number: number; order: Order }) => {
  const versions = [...new Set(await obey(order))]
  process.send?.({ order: number, versions } satisfies Answer)
})
process.on('disconnect', () => process.exit(0))
await redis.ready(5_000)
process.send?.('ready')
