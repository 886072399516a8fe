/** How long an entity is kept, and where. Read as data: one constant a kind of entity. */
export type CachePolicy = {
  /** Milliseconds for which a value is fresh; each entry's own is 10 % more or less, so that they do not end together. */
  readonly ttlMs: number
  /** Milliseconds after that in which the stale value is served while one caller refreshes, or while the upstream fails. */
  readonly graceMs: number
  /** Milliseconds after the grace in which memory still has the value for `lastResort`, should every load fail. */
  readonly lastResortMs?: number
  /** Milliseconds for which "does not exist" is remembered; 0: not at all. It has no grace. */
  readonly negativeTtlMs: number
  /** `memory`: this process only, for what lives a fraction of a second. `memory+redis`: shared, when there is a Redis. */
  readonly tiers: 'memory' | 'memory+redis'
}

const JITTER = 0.1
const DAY_MS = 86_400_000

/** The longest that an entry of a policy can live in Redis, in milliseconds. */
export const longestLifeMs = ({ ttlMs, graceMs, negativeTtlMs }: CachePolicy): number =>
  Math.ceil(Math.max(ttlMs * (1 + JITTER) + graceMs, negativeTtlMs * (1 + JITTER)))

/** @throws {RangeError} for a policy that cannot be kept */
export function checkPolicy(namespace: string, policy: CachePolicy): void {
  for (const [name, ms, least] of [
    ['ttlMs', policy.ttlMs, 1],
    ['graceMs', policy.graceMs, 0],
    ['negativeTtlMs', policy.negativeTtlMs, 0],
    ['lastResortMs', policy.lastResortMs ?? 0, 0],
  ] as const)
    if (!(ms >= least && ms <= DAY_MS))
      throw new RangeError(
        `${namespace}: ${name} is ${ms}; allowed: ${least} to ${DAY_MS} milliseconds (a day).`,
      )
}

/** How long one new entry is fresh and how long it lives, in milliseconds. */
export function lifeOf(
  policy: CachePolicy,
  exists: boolean,
  random: () => number,
): { freshMs: number; lifeMs: number } {
  const jitter = 1 - JITTER + 2 * JITTER * random()
  const freshMs = Math.max(1, Math.round((exists ? policy.ttlMs : policy.negativeTtlMs) * jitter))
  return { freshMs, lifeMs: freshMs + (exists ? policy.graceMs : 0) }
}

// -ln of the smallest number above zero that Math.random gives is 36.7: no draw reaches further than this.
const FURTHEST = 37

/**
 * XFetch: whether to refresh a value that is fresh for another `leftMs`. The nearer its end and the longer its
 * load took, the likelier; so one caller out of many refreshes it shortly before it ends.
 */
export const refreshesEarly = (leftMs: number, loadMs: number, random: () => number): boolean =>
  leftMs <= loadMs * FURTHEST && leftMs <= loadMs * -Math.log(1 - random())
