import { type RedisTrouble, redisTrouble } from '../redis/trouble.ts'

/** This many failures within a second open the circuit. */
const FAILURES = 5
const WINDOW_MS = 1_000
/** Interval of the probes for recovery; no request waits for them. */
const PROBE_MS = 200
const PROBE_TIMEOUT_MS = 100
/**
 * After trouble that recurs within this time, probes are less frequent, so that a Redis at its limit is not reported
 * twice a second.
 */
const STEADY_MS = 10_000
const PROBE_GROWTH = 4
const LONGEST_PROBE_MS = 10_000

type Options = {
  /**
   * Resolves when Redis accepts everything the commands need, including writes: reads succeed even when its memory is
   * full.
   */
  readonly probe: () => Promise<unknown>
  readonly onError: (error: unknown) => void
  /** Called once when trouble begins, and again when its kind changes. */
  readonly onTrouble: (trouble: RedisTrouble) => void
  readonly onBack: () => void
}

/**
 * A circuit breaker for Redis: a failing Redis costs a few calls a bounded wait, then none until it recovers. A Redis
 * that refuses only writes answers fast, so it still serves reads.
 */
export class RedisGuard {
  readonly #options: Options
  #trouble: RedisTrouble | undefined
  #closed = false
  #failures = 0
  #windowEnds = 0
  #backAt = Number.NEGATIVE_INFINITY
  #probeMs = PROBE_MS
  #probing: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Whether the circuit is open. */
  get away(): boolean {
    return this.#trouble !== undefined && !this.#trouble.readable
  }

  /** The current trouble. */
  get trouble(): RedisTrouble | undefined {
    return this.#trouble
  }

  /** Runs commands; `undefined` when they failed, took longer than `withinMs`, or the circuit is open. */
  async run<T>(commands: () => Promise<T>, withinMs: number): Promise<T | undefined> {
    if (this.away || this.#closed) return undefined
    try {
      return await withTimeout(commands(), withinMs)
    } catch (error) {
      if (!this.#closed) this.#fail(error)
      return undefined
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#probing)
  }

  #fail(error: unknown): void {
    this.#options.onError(error)
    const trouble = redisTrouble(error)
    if (this.away || trouble.kind === this.#trouble?.kind) return
    const now = performance.now()
    if (now > this.#windowEnds) {
      this.#failures = 0
      this.#windowEnds = now + WINDOW_MS
    }
    if (++this.#failures >= FAILURES) this.#begin(trouble, now)
  }

  #begin(trouble: RedisTrouble, now: number): void {
    const again = now - this.#backAt < STEADY_MS
    this.#probeMs = again ? Math.min(this.#probeMs * PROBE_GROWTH, LONGEST_PROBE_MS) : PROBE_MS
    this.#trouble = trouble
    this.#failures = 0
    this.#options.onTrouble(trouble)
    this.#probeSoon()
  }

  #probeSoon(): void {
    clearTimeout(this.#probing)
    this.#probing = setTimeout(() => void this.#probe(), this.#probeMs)
    this.#probing.unref()
  }

  async #probe(): Promise<void> {
    try {
      await withTimeout(this.#options.probe(), PROBE_TIMEOUT_MS)
    } catch {
      if (!this.#closed) this.#probeSoon()
      return
    }
    if (this.#closed) return
    this.#trouble = undefined
    this.#failures = 0
    this.#backAt = performance.now()
    this.#options.onBack()
  }
}

/** Rejects when the promise takes longer than this many milliseconds. */
export function withTimeout<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    // After a busy spell the timer fires before an answer that is ready in the socket is read: let that in first.
    const late = () => setImmediate(() => reject(new Error(`Redis: no answer within ${Math.round(ms)} ms`)))
    const timer = setTimeout(late, ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
