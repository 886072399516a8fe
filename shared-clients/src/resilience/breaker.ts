import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { type CircuitBreakerPolicy, CircuitState, CountBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import type { Resilience } from './defaults.ts'
import { type BreakerState, callEvents } from './events.ts'

const STATES: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
}

/** What says that an upstream is not well. */
const FAILURES: ReadonlySet<UpstreamErrorCode> = new Set(['unavailable', 'timeout', 'invalid_answer'])
/** What says nothing about an upstream: we ended the call, or it never left the process. */
const NO_VERDICT: ReadonlySet<UpstreamErrorCode> = new Set(['cancelled', 'overloaded'])

/**
 * The circuit breaker of one upstream. Open: calls fail at once. After `probeAfterMs` one call goes through to
 * try; meanwhile the others go on failing at once, so nobody ever waits for a probe.
 */
export class Breaker {
  readonly #upstream: string
  readonly #samples: CountBreaker
  readonly #policy: CircuitBreakerPolicy
  readonly #probeAfterMs: number
  /** Instant of `Date.now()`, the clock of cockatiel. */
  #openedAt = 0

  constructor(upstream: string, { failureShare, calls, minCalls, probeAfterMs }: Resilience['breaker']) {
    this.#upstream = upstream
    this.#probeAfterMs = probeAfterMs
    this.#samples = new CountBreaker({ threshold: failureShare, size: calls, minimumNumberOfCalls: minCalls })
    this.#policy = circuitBreaker(
      handleWhen((error) => this.#isFailure(error)),
      { halfOpenAfter: probeAfterMs, breaker: this.#samples },
    )
    this.#policy.onStateChange((state) => {
      if (state === CircuitState.Open) this.#openedAt = Date.now()
      if (callEvents.breaker.hasSubscribers) callEvents.breaker.publish({ upstream, state: STATES[state] })
    })
  }

  get state(): BreakerState {
    return STATES[this.#policy.state]
  }

  /** @throws {UpstreamError} `unavailable` when a call would be refused now: it need not wait for anything else first */
  check(): void {
    const { state } = this.#policy
    if (state === CircuitState.Closed) return
    // Half open means that the probe is running: cockatiel would make this call wait for its outcome.
    if (state === CircuitState.HalfOpen || Date.now() - this.#openedAt < this.#probeAfterMs)
      throw this.#open()
  }

  /**
   * Makes a call if the breaker lets it through.
   * @throws {UpstreamError} `unavailable` at once when it does not; else what the call throws
   */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#policy.state === CircuitState.Closed ? this.#policy.execute(call) : this.#probe(call)
  }

  async #probe<T>(call: () => Promise<T>): Promise<T> {
    this.check()
    let called = false
    try {
      return await this.#policy.execute(() => {
        called = true
        return this.#policy.state === CircuitState.HalfOpen ? asProbe(call()) : call()
      })
    } catch (error) {
      if (error instanceof Inconclusive) throw error.cause
      throw called ? error : this.#open()
    }
  }

  #open() {
    return new UpstreamError(this.#upstream, 'unavailable', 'not called: its circuit breaker is open')
  }

  #isFailure(error: unknown): boolean {
    if (error instanceof Inconclusive) return true
    const code = error instanceof UpstreamError ? error.code : 'unavailable'
    // "Not found" is an answer of an upstream that is well, and cockatiel would not count it.
    if (!FAILURES.has(code) && !NO_VERDICT.has(code)) this.#samples.success(CircuitState.Closed)
    return FAILURES.has(code)
  }
}

/** A probe that ended without a verdict: the circuit stays open. */
class Inconclusive extends Error {}

/** cockatiel takes an error that is no failure for a success: a consumer who left would close the circuit. */
const asProbe = <T>(probe: Promise<T>): Promise<T> =>
  probe.catch((cause: unknown) => {
    const inconclusive = cause instanceof UpstreamError && NO_VERDICT.has(cause.code)
    throw inconclusive ? new Inconclusive('a probe without a verdict', { cause }) : cause
  })
