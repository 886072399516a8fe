import type { Attempt } from './attempt.ts'
import { Breaker, type Verdict } from './breaker.ts'
import { Bulkhead } from './bulkhead.ts'
import type { Resilience } from './defaults.ts'
import { ExtraLoad } from './extra-load.ts'
import { Latency } from './latency.ts'

/** A connection that was closed while the call was on its way may be tried again this often in 10 s, whatever the budget. */
const STALE_CONNECTIONS = 3
/** Of the calls that no longer seem to fit, one in so many is made: else nobody would see the upstream recover. */
const TRY_ONE_IN = 20

/** What a process knows of one upstream, and what it still lets through to it; shared by all its calls. */
export class UpstreamHealth {
  readonly upstream: string
  readonly settings: Resilience
  readonly bulkhead: Bulkhead
  readonly breaker: Breaker
  /** Of answers, and of attempts that were given up after at least as long. */
  readonly #latency: Latency
  /** Of answers alone. */
  readonly #answers = new Latency([0.95])
  readonly #retries: ExtraLoad
  readonly #hedges: ExtraLoad
  #unfit = 0

  constructor(upstream: string, settings: Resilience) {
    this.upstream = upstream
    this.settings = settings
    this.bulkhead = new Bulkhead(settings.bulkhead)
    this.breaker = new Breaker(upstream, settings.breaker)
    this.#retries = new ExtraLoad(settings.retry.budget)
    this.#hedges = new ExtraLoad(settings.hedge.budget)
    // p95 alone would name 5 % of the calls for a budget of 2 %, and luck would choose among them. A quarter of
    // the budget is left for the days on which more calls are slow.
    this.#latency = new Latency([0.5, Math.max(0.95, 1 - 0.75 * settings.hedge.budget)])
  }

  /** Notes a call that is sent for the first time. */
  called(now: number): void {
    this.#retries.note(now)
    this.#hedges.note(now)
  }

  /** Milliseconds after which a read is slow for this upstream; `NaN` when not known, or when none is hedged. */
  hedgeAfterMs(now: number): number {
    const { budget, minMs } = this.settings.hedge
    return budget === 0 ? Number.NaN : Math.max(minMs, this.#latency.quantile(1, now))
  }

  mayHedge(now: number): boolean {
    return this.breaker.state === 'closed' && this.#hedges.take(now)
  }

  mayRetry(now: number, staleConnection: boolean): boolean {
    return this.#retries.take(now, staleConnection ? STALE_CONNECTIONS : 0)
  }

  /** Half of the recent calls took longer, in milliseconds; `NaN` when not known. */
  usualMs(now: number): number {
    return this.#latency.quantile(0, now)
  }

  /** Whether an optional call should not be made with the time that it has left. */
  skips(remainingMs: number, now: number): boolean {
    // An upstream whose breaker is not closed needs its probes to be found well again.
    if (this.breaker.state !== 'closed') return false
    return remainingMs < this.usualMs(now) && ++this.#unfit % TRY_ONE_IN !== 0
  }

  /** Milliseconds after which a call that has run out of time says something about the upstream. */
  enoughMs(now: number): number {
    const p95 = this.#answers.quantile(0, now) / (1 + Latency.ERROR)
    const { leastMs } = this.settings.breaker
    return Number.isNaN(p95) ? leastMs : Math.max(leastMs, p95)
  }

  /** Takes the outcome of a call that the breaker had admitted. */
  report(pass: number, verdict: Verdict): void {
    const { state } = this.breaker
    this.breaker.report(pass, verdict)
    if (state === 'closed' || this.breaker.state !== 'closed') return
    // It is well again: how long calls took before would keep optional calls from being made.
    const now = performance.now()
    this.#latency.reset(now)
    this.#answers.reset(now)
  }

  /** Notes how long an answer took. */
  answered(attempt: Attempt<never>, now: number): void {
    this.#latency.record(now - attempt.startedAt, now)
    this.#answers.record(now - attempt.startedAt, now)
  }

  /** Notes an attempt that was not waited for any longer: it would have taken more than this. */
  gaveUp(attempt: Attempt<never>, now: number, ranOutOfTime: boolean): void {
    const ms = now - attempt.startedAt
    const usualMs = this.usualMs(now)
    // After less than the usual time that says nothing.
    const leastMs = Number.isNaN(usualMs) && ranOutOfTime ? this.settings.breaker.leastMs : usualMs
    if (ms >= leastMs) this.#latency.record(ms, now)
  }
}
