import { setting } from '@harbor/shared-runtime/config'
import { z } from 'zod'

/** Whose requests are counted together. */
export type CountedPer = 'address' | 'client' | 'session' | 'user'

/** How many requests in how many seconds. The first request of a window starts it. */
export type RateLimitPolicy = {
  /** As in the `RateLimit-Policy` header and in Redis. */
  readonly name: string
  readonly points: number
  readonly seconds: number
  readonly per: CountedPer
  /** For paths only that begin like this. */
  readonly under?: string
  /** Paths that are never counted, nor refused: those on the way to safety, such as a log-out. */
  readonly except?: readonly string[]
}

const QUOTA = /^([1-9]\d{0,8})\/([1-9]\d{0,4})$/

/** A setting that holds a quota: `6000/60` is 6,000 requests in 60 s. There is none that means "no limit". */
export const quota = (standard: `${number}/${number}`, about: string) =>
  setting(z.string().regex(QUOTA).default(standard), {
    about,
    allowed: '<requests>/<seconds>, such as 6000/60',
  })

/** A policy out of a quota setting. */
export function policyOf(
  quota: string,
  policy: Omit<RateLimitPolicy, 'points' | 'seconds'>,
): RateLimitPolicy {
  const [, points, seconds] = QUOTA.exec(quota) ?? []
  return { ...policy, points: Number(points), seconds: Number(seconds) }
}
