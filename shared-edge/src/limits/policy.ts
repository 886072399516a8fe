import { setting } from '@harbor/shared-runtime/config'
import { z } from 'zod'

/** The key by which requests are counted. */
export type CountedPer = 'address' | 'client' | 'session' | 'user'

/** Maximum number of requests per window in seconds. The first request starts a window. */
export type RateLimitPolicy = {
  /** Name in the `RateLimit-Policy` header and in Redis. */
  readonly name: string
  readonly points: number
  readonly seconds: number
  readonly per: CountedPer
  /** Applies only to paths with this prefix. */
  readonly under?: string
  /** Paths that are neither counted nor refused, because users need them for their security, such as log-out. */
  readonly except?: readonly string[]
}

const QUOTA = /^([1-9]\d{0,8})\/([1-9]\d{0,4})$/

/** A quota setting: `6000/60` is 6,000 requests in 60 s. There is no value for "unlimited". */
export const quota = (defaultValue: `${number}/${number}`, about: string) =>
  setting(z.string().regex(QUOTA).default(defaultValue), {
    about,
    allowed: '<requests>/<seconds>, such as 6000/60',
  })

/** Builds a policy from a quota setting. */
export function policyOf(
  quota: string,
  policy: Omit<RateLimitPolicy, 'points' | 'seconds'>,
): RateLimitPolicy {
  const [, points, seconds] = QUOTA.exec(quota) ?? []
  return { ...policy, points: Number(points), seconds: Number(seconds) }
}
