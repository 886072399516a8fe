import { ProblemError } from '@harbor/shared-runtime/problems'
import type { HttpBindings } from '@hono/node-server'
import type { Context, MiddlewareHandler } from 'hono'
import { addressKey, clientAddress, type TrustedProxies } from './address.ts'
import type { CountedPer, RateLimitPolicy } from './policy.ts'
import type { RateLimiter } from './rate-limiter.ts'
import type { Usage } from './windows.ts'

/**
 * Counts the request for a key that is known only now, such as its user.
 * @throws {ProblemError} `RATE_LIMITED` when the key has used up its quota
 */
export type CountAs = (per: CountedPer, id: string) => Promise<void>

declare module 'hono' {
  interface ContextVariableMap {
    /** Present when requests are limited (limits/rate-limiting.ts). */
    countAs: CountAs | undefined
    /** Under which the address of the consumer is counted; present when requests are limited. */
    addressKey: string | undefined
  }
}

type Counted = { readonly policy: RateLimitPolicy; readonly usage: Usage }

/**
 * Limits requests: by address before anything else, and by further keys through `c.var.countAs`. Answers carry
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11), refusals `Retry-After`.
 */
export function rateLimiting(
  limiter: RateLimiter,
  proxies: TrustedProxies | undefined,
): readonly [MiddlewareHandler, MiddlewareHandler] {
  const prepare: MiddlewareHandler = async (c, next) => {
    const counted: Counted[] = []
    c.set('countAs', async (per, id) => {
      const policies = limiter.policies.filter((policy) => applies(policy, per, c.req.path))
      const now = await Promise.all(
        policies.map(async (policy) => ({ policy, usage: await limiter.count(policy, id) })),
      )
      counted.push(...now)
      const exceeded = now.filter(({ policy, usage }) => usage.used > policy.points)
      if (exceeded.length > 0) throw refusal(exceeded)
    })
    await next()
    // The remaining quota of a whole app is not disclosed.
    const told = counted.filter(({ policy }) => policy.per !== 'client')
    if (told.length === 0) return
    // Not c.header, which would turn a ready body into a stream.
    const { headers } = c.res
    headers.set('RateLimit-Policy', told.map(policyItem).join(', '))
    // A response in a shared cache is for everybody and must not contain the quota of its first reader.
    if (!headers.get('Cache-Control')?.includes('public'))
      headers.set('RateLimit', told.map(limitItem).join(', '))
  }
  const countAddress: MiddlewareHandler = async (c, next) => {
    const key = addressKey(addressOf(c, proxies))
    c.set('addressKey', key)
    await c.get('countAs')?.('address', key)
    await next()
  }
  return [prepare, countAddress]
}

const applies = (policy: RateLimitPolicy, per: CountedPer, path: string): boolean =>
  policy.per === per &&
  (policy.under === undefined || path.startsWith(policy.under)) &&
  !policy.except?.includes(path)

const policyItem = ({ policy: { name, points, seconds } }: Counted) => `"${name}";q=${points};w=${seconds}`

const limitItem = ({ policy: { name, points }, usage }: Counted) =>
  `"${name}";r=${Math.max(0, points - usage.used)};t=${Math.ceil(usage.resetMs / 1_000)}`

function refusal(exceeded: readonly Counted[]): ProblemError {
  const retryAfterS = Math.max(...exceeded.map(({ usage }) => Math.ceil(usage.resetMs / 1_000)))
  const names = exceeded.map(({ policy: { name, points, seconds } }) => `${name}: ${points} in ${seconds} s`)
  return new ProblemError('RATE_LIMITED', `Above the limit of requests per ${names.join(', per ')}.`, {
    retryAfterS,
  })
}

/** A request without a socket comes from the process itself or from a test. */
function addressOf(c: Context, proxies: TrustedProxies | undefined): string {
  const { incoming }: Partial<HttpBindings> = c.env ?? {}
  return clientAddress(incoming?.socket.remoteAddress ?? '', c.req.header('x-forwarded-for'), proxies)
}
