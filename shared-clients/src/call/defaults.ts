/** How the calls of one service are protected. A client's file names what differs from `DEFAULTS`. */
export type Resilience = {
  /** Milliseconds that a call may take when it does not say otherwise. */
  readonly timeoutMs: number
  readonly bulkhead: {
    /** Calls at the upstream at a time; more wait for their turn. */
    readonly maxConcurrent: number
    /** Calls that wait; more are `overloaded` at once. */
    readonly maxQueued: number
  }
  readonly breaker: {
    /** Opens when more than this share of the last `calls` calls failed, 0…1, or `minCalls` of them in a row. */
    readonly failureShare: number
    readonly calls: number
    /** Never opens on fewer calls than these. */
    readonly minCalls: number
    /** Milliseconds from opening to the one call that tries whether the upstream is back. */
    readonly probeAfterMs: number
    /**
     * A call that runs out of time counts as failed only if it had this many milliseconds at the upstream, and as
     * many as 95 % of the recent answers needed.
     */
    readonly leastMs: number
  }
  readonly retry: {
    /** Retries of one call at most; 0: none. Only calls that are safe to repeat are. */
    readonly max: number
    /** Full jitter: the n-th retry waits 0…`baseMs` × 2ⁿ⁻¹ ms. */
    readonly baseMs: number
    /** Retries as a share of all calls of the last 10 s, 0…1. */
    readonly budget: number
  }
  readonly hedge: {
    /** Second attempts of slow reads as a share of all calls of the last 10 s, 0…1; 0: none. */
    readonly budget: number
    /** Milliseconds before which a second attempt is never worth its cost. */
    readonly minMs: number
  }
}

/** What a client's file says: its timeout, and what differs from the defaults; `false` switches a step off. */
export type ResilienceSettings = {
  timeoutMs: number
  /** No call has less time than this, whatever its own timeout: see `createClients`. */
  leastTimeoutMs?: number | undefined
  bulkhead?: Partial<Resilience['bulkhead']>
  breaker?: Partial<Resilience['breaker']>
  retry?: false | Partial<Resilience['retry']>
  hedge?: boolean | Partial<Resilience['hedge']>
}

const DEFAULTS: Omit<Resilience, 'timeoutMs'> = {
  bulkhead: { maxConcurrent: 64, maxQueued: 128 },
  breaker: { failureShare: 0.5, calls: 50, minCalls: 10, probeAfterMs: 500, leastMs: 50 },
  retry: { max: 1, baseMs: 40, budget: 0.1 },
  hedge: { budget: 0.02, minMs: 2 },
}

/** The settings of a client's file, completed. */
export const resilienceOf = ({
  timeoutMs,
  bulkhead,
  breaker,
  retry,
  hedge,
}: ResilienceSettings): Resilience => ({
  timeoutMs,
  bulkhead: { ...DEFAULTS.bulkhead, ...bulkhead },
  breaker: { ...DEFAULTS.breaker, ...breaker },
  retry: retry === false ? { ...DEFAULTS.retry, max: 0 } : { ...DEFAULTS.retry, ...retry },
  hedge:
    hedge === false
      ? { ...DEFAULTS.hedge, budget: 0 }
      : { ...DEFAULTS.hedge, ...(typeof hedge === 'object' && hedge) },
})
