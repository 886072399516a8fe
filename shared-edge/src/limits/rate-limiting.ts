import type { IncomingMessage } from 'node:http'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { MiddlewareHandler } from 'hono'
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

/** One request counted under one policy. */
export type Counted = { readonly policy: RateLimitPolicy; readonly usage: Usage }

/** At once without Redis. */
type Counts = readonly Counted[] | Promise<readonly Counted[]>

/**
 * Limits requests: by address before anything else, and by further keys through `c.get('countAs')`. Answers carry
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-11), refusals `Retry-After`.
 */
export function rateLimiting(
  limiter: RateLimiter,
  proxies: TrustedProxies | undefined,
): readonly [MiddlewareHandler, MiddlewareHandler] {
  const ofAddress = countAddress(limiter, proxies)
  const prepare: MiddlewareHandler = async (c, next) => {
    const counted: Counted[] = []
    const take = async (counts: Counts) => {
      const now = counts instanceof Promise ? await counts : counts
      counted.push(...now)
      requireQuota(now)
    }
    const incoming: IncomingMessage | undefined = c.env?.incoming
    c.set('countAs', (per, id) =>
      take(
        (per === 'address' && incoming && countedBefore.get(incoming)) ||
          countAs(limiter, per, id, c.req.path),
      ),
    )
    await next()
    // Not c.header, which would turn a ready body into a stream.
    const { headers } = c.res
    const policies = policyHeader(counted)
    if (policies === undefined) return
    headers.set('RateLimit-Policy', policies)
    // A response in a shared cache is for everybody and must not contain the quota of its first reader.
    if (!headers.get('Cache-Control')?.includes('public')) headers.set('RateLimit', limitHeader(counted))
  }
  const limitAddress: MiddlewareHandler = async (c, next) => {
    // A request without a socket comes from the process itself or from a test.
    const peer = c.env?.incoming?.socket.remoteAddress
    const key = ofAddress.keyOf(peer, c.req.header('x-forwarded-for'))
    c.set('addressKey', key)
    await c.get('countAs')?.('address', key)
    await next()
  }
  return [prepare, limitAddress]
}

/** Counts requests by the address of their consumer. */
export type AddressCounter = {
  keyOf(peer: string | undefined, forwardedFor: string | undefined): string
  /** For a request that the framework has not seen; it takes over the count by `noteCounted`. */
  count(request: IncomingMessage, path: string): Counts
}

export function countAddress(limiter: RateLimiter, proxies: TrustedProxies | undefined): AddressCounter {
  const keyOf = (peer: string | undefined, forwardedFor: string | undefined): string =>
    addressKey(clientAddress(peer ?? '', forwardedFor, proxies))
  return {
    keyOf,
    count({ socket, headers }: IncomingMessage, path: string): Counts {
      // Node joins repeated headers of this name into one text.
      const forwardedFor = headers['x-forwarded-for']
      return countAs(
        limiter,
        'address',
        keyOf(socket.remoteAddress, String(forwardedFor ?? '') || undefined),
        path,
      )
    },
  }
}

const countedBefore = new WeakMap<IncomingMessage, Counts>()

/** Has the framework take over this count of a request instead of counting it once more. */
export const noteCounted = (incoming: IncomingMessage, counts: Counts): void =>
  void countedBefore.set(incoming, counts)

export const isExceeded = ({ policy, usage }: Counted): boolean => usage.used > policy.points

/** `RateLimit-Policy`; `undefined` when nothing is said. The quota of a whole app is not disclosed. */
export const policyHeader = (counted: readonly Counted[]): string | undefined =>
  counted.filter(isTold).map(policyItem).join(', ') || undefined

/** `RateLimit`: what is left. */
export const limitHeader = (counted: readonly Counted[]): string =>
  counted.filter(isTold).map(limitItem).join(', ')

function countAs(limiter: RateLimiter, per: CountedPer, id: string, path: string): Counts {
  const policies = limiter.policies.filter((policy) => applies(policy, per, path))
  const usages = policies.map((policy) => limiter.count(policy, id))
  const counted = (all: readonly Usage[]) =>
    all.flatMap((usage, i) => {
      const policy = policies[i]
      return policy ? [{ policy, usage }] : []
    })
  return usages.some((usage) => usage instanceof Promise)
    ? Promise.all(usages).then(counted)
    : counted(usages as Usage[])
}

const isTold = ({ policy }: Counted): boolean => policy.per !== 'client'

const applies = (policy: RateLimitPolicy, per: CountedPer, path: string): boolean =>
  policy.per === per &&
  (policy.under === undefined || path.startsWith(policy.under)) &&
  !policy.except?.includes(path)

const policyItem = ({ policy: { name, points, seconds } }: Counted) => `"${name}";q=${points};w=${seconds}`

const limitItem = ({ policy: { name, points }, usage }: Counted) =>
  `"${name}";r=${Math.max(0, points - usage.used)};t=${Math.ceil(usage.resetMs / 1_000)}`

/** @throws {ProblemError} `RATE_LIMITED` */
function requireQuota(counted: readonly Counted[]): void {
  const exceeded = counted.filter(isExceeded)
  if (exceeded.length === 0) return
  const retryAfterS = Math.max(...exceeded.map(({ usage }) => Math.ceil(usage.resetMs / 1_000)))
  const names = exceeded.map(({ policy: { name, points, seconds } }) => `${name}: ${points} in ${seconds} s`)
  throw new ProblemError('RATE_LIMITED', `Above the limit of requests per ${names.join(', per ')}.`, {
    retryAfterS,
  })
}
