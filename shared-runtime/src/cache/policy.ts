/** How long an entity is cached, and where. One constant per kind of entity. */
export type EntityPolicy = {
  /** Milliseconds for which a value is fresh; varied by ±10 % per entry, so that entries do not expire together. */
  readonly ttlMs: number
  /**
   * Milliseconds after that in which the stale value is served while one caller refreshes it, or while the upstream
   * fails.
   */
  readonly graceMs: number
  /** Milliseconds after the grace in which memory still holds the value for `lastResort`, if every load fails. */
  readonly lastResortMs?: number
  /** Milliseconds for which absence is cached; 0 disables it. Absence has no grace. */
  readonly negativeTtlMs: number
  /** `memory`: this process only, for lifetimes below a second. `memory+redis`: shared, when there is a Redis. */
  readonly tiers: 'memory' | 'memory+redis'
}

const JITTER = 0.1
const DAY_MS = 86_400_000

/** The longest lifetime in Redis of an entry with this policy, in milliseconds. */
export const longestLifeMs = ({ ttlMs, graceMs, negativeTtlMs }: EntityPolicy): number =>
  Math.ceil(Math.max(ttlMs * (1 + JITTER) + graceMs, negativeTtlMs * (1 + JITTER)))

/** @throws {RangeError} for an invalid policy */
export function checkPolicy(namespace: string, policy: EntityPolicy): void {
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

/** For how long one new entry is fresh and for how long it lives, in milliseconds. */
export function lifeOf(
  policy: EntityPolicy,
  exists: boolean,
  random: () => number,
): { freshMs: number; lifeMs: number } {
  const jitter = 1 - JITTER + 2 * JITTER * random()
  const freshMs = Math.max(1, Math.round((exists ? policy.ttlMs : policy.negativeTtlMs) * jitter))
  return { freshMs, lifeMs: freshMs + (exists ? policy.graceMs : 0) }
}

// -ln of the smallest positive result of Math.random is 36.7: no draw exceeds this.
const FURTHEST = 37

/**
 * XFetch: whether a value that stays fresh for another `leftMs` may be refreshed now. The probability grows towards
 * the expiry and with the duration of the load, so one of many callers refreshes it shortly before it expires.
 */
export const mayRefreshEarly = (leftMs: number, loadMs: number): boolean => leftMs <= loadMs * FURTHEST

/** Whether one caller, by chance, refreshes it now. */
export const refreshesEarly = (leftMs: number, loadMs: number, random: () => number): boolean =>
  mayRefreshEarly(leftMs, loadMs) && leftMs <= loadMs * -Math.log(1 - random())
