import { hash } from 'node:crypto'
import { RedisGuard } from '@harbor/shared-runtime/cache/redis-guard'
import type { Log } from '@harbor/shared-runtime/log'
import type { RedisConnection } from '@harbor/shared-runtime/redis'
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimitPolicy } from './policy.ts'
import { type Usage, Windows } from './windows.ts'

/** Maximum wait of a request for Redis; then this process counts alone. A shorter wait would trip in a busy moment. */
const WITHIN_MS = 100

type Options = {
  /** The name of the process: two BFFs on one Redis count separately, replicas of one together. */
  readonly name: string
  readonly policies: readonly RateLimitPolicy[]
  /** Without it, this process counts alone. */
  readonly redis?: RedisConnection | undefined
  /** The same in all replicas: without it the keys in Redis cannot be linked to users or addresses. */
  readonly secret: string
  readonly log?: Pick<Log, 'warn' | 'info'> | undefined
}

export type RateLimiter = {
  readonly policies: readonly RateLimitPolicy[]
  /** Counts one request of an address, a user, …; allowed while `used` does not exceed the policy's points. */
  count(policy: RateLimitPolicy, id: string): Usage | Promise<Usage>
  /** Stops using Redis; the connection is closed by its owner. */
  close(): Promise<void>
}

/**
 * Counts requests in Redis for all replicas together. When Redis does not answer, it continues in memory from the last
 * known count: a single replica never admits more than the limit. Never throws.
 */
export function createRateLimiter({ name, policies, redis, secret, log }: Options): RateLimiter {
  const local = new Windows()
  const shared = redis && sharedCounts(name, policies, redis, log)

  const alone = (policy: RateLimitPolicy, key: string) => local.count(key, policy.seconds * 1_000)

  async function together(counts: SharedCounts, policy: RateLimitPolicy, key: string): Promise<Usage> {
    const usage = await counts.count(policy, hash('sha256', `${secret}\n${key}`, 'base64url'))
    // Redis may have been unavailable or restarted empty: the local count remains valid.
    if (usage === undefined || (local.peek(key)?.used ?? 0) >= usage.used) return alone(policy, key)
    local.set(key, usage)
    return usage
  }

  return {
    policies,
    count(policy, id) {
      const key = `${policy.name}\n${id}`
      // A key above the limit stays above it until the window ends, so Redis is not called.
      if (!shared || (local.peek(key)?.used ?? 0) >= policy.points) return alone(policy, key)
      return together(shared, policy, key)
    },
    close: async () => shared?.close(),
  }
}

type SharedCounts = ReturnType<typeof sharedCounts>

function sharedCounts(
  name: string,
  policies: readonly RateLimitPolicy[],
  redis: RedisConnection,
  log: Options['log'],
) {
  const limiters = new Map(
    policies.map((policy) => [
      policy,
      new RateLimiterRedis({
        storeClient: redis.client,
        keyPrefix: `${name}:@limit:${policy.name}`,
        points: policy.points,
        duration: policy.seconds,
        rejectIfRedisNotReady: true,
      }),
    ]),
  )
  // The library's own fallback would hide errors of Redis from the guard.
  const guard = new RedisGuard({
    probe: () => redis.probe(name),
    onError: () => {},
    onTrouble: ({ kind, words }) =>
      log?.warn({ redis: kind }, `Redis ${words}: each replica limits requests by itself`),
    onBack: () => log?.info({}, 'Redis works again: replicas limit requests together'),
  })
  return {
    count: (policy: RateLimitPolicy, key: string) =>
      guard.run(async () => usageOf(limiters.get(policy)?.consume(key)), WITHIN_MS),
    close: () => guard.close(),
  }
}

/** The library rejects with the count when it is above the limit, and with an error when there is no count. */
async function usageOf(consumed: Promise<RateLimiterRes> | undefined): Promise<Usage | undefined> {
  const counted = await consumed?.catch((reason: unknown) => {
    if (reason instanceof RateLimiterRes) return reason
    throw reason
  })
  return counted && { used: counted.consumedPoints, resetMs: counted.msBeforeNext }
}
