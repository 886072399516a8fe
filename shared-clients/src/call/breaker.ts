import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Resilience } from './defaults.ts'
import { type BreakerState, callEvents } from './events.ts'

/** What a call that has ended says about its upstream; `none`: nothing, for example because the consumer left. */
export type Verdict = 'success' | 'failure' | 'none'

/**
 * The circuit breaker of one upstream. It opens when more than a share of the last calls failed, or when
 * `minCalls` failed in a row. While it is open, calls fail at once. After `probeAfterMs` one call goes through as
 * a probe; the others keep failing at once, so nobody waits for it. Measures time by the monotonic clock.
 */
export class Breaker {
  readonly #upstream: string
  readonly #settings: Resilience['breaker']
  /** A ring of the last calls: 1 is a failure. */
  readonly #calls: Uint8Array
  #counted = 0
  #failures = 0
  #failedInARow = 0
  #state: BreakerState = 'closed'
  #openedAt = 0
  /** Grows with each change of state: what a call reports counts only in the period in which it was admitted. */
  #period = 0

  constructor(upstream: string, settings: Resilience['breaker']) {
    this.#upstream = upstream
    this.#settings = settings
    this.#calls = new Uint8Array(settings.calls)
  }

  get state(): BreakerState {
    return this.#state
  }

  /** @throws {UpstreamError} `unavailable` when a call would be refused now, so it need not wait for anything else */
  check(): void {
    if (this.#state !== 'closed' && !this.#probeIsDue()) throw this.#refusal()
  }

  /**
   * Admits a call and gives its pass for `report`, which must follow. A call admitted by an open breaker is the probe.
   * @throws {UpstreamError} `unavailable` when the call must not be made
   */
  admit(): number {
    if (this.#state !== 'closed') {
      if (!this.#probeIsDue()) throw this.#refusal()
      this.#change('half-open')
    }
    return this.#period
  }

  /** Takes the outcome of an admitted call. A probe without a verdict leaves the breaker open. */
  report(pass: number, verdict: Verdict): void {
    if (pass !== this.#period) return
    if (this.#state === 'half-open') {
      if (verdict === 'success') this.#close()
      else this.#open()
      return
    }
    if (verdict === 'none') return
    this.#count(verdict === 'failure' ? 1 : 0)
    const { failureShare, minCalls } = this.#settings
    const counted = Math.min(this.#counted, this.#calls.length)
    const isMost = counted >= minCalls && this.#failures > failureShare * counted
    if (isMost || this.#failedInARow >= minCalls) this.#open()
  }

  #count(failed: 0 | 1): void {
    const place = this.#counted++ % this.#calls.length
    this.#failures += failed - (this.#calls[place] ?? 0)
    this.#calls[place] = failed
    this.#failedInARow = failed === 1 ? this.#failedInARow + 1 : 0
  }

  #probeIsDue(): boolean {
    return this.#state === 'open' && performance.now() - this.#openedAt >= this.#settings.probeAfterMs
  }

  #open(): void {
    this.#openedAt = performance.now()
    this.#change('open')
  }

  #close(): void {
    this.#calls.fill(0)
    this.#counted = this.#failures = this.#failedInARow = 0
    this.#change('closed')
  }

  #change(state: BreakerState): void {
    this.#state = state
    this.#period++
    if (callEvents.breaker.hasSubscribers) callEvents.breaker.publish({ upstream: this.#upstream, state })
  }

  #refusal() {
    return new UpstreamError(this.#upstream, 'unavailable', 'not called: its circuit breaker is open')
  }
}
