/** This many failures within a second, and Redis is left alone. */
const FAILURES = 5
const WINDOW_MS = 1_000
/** How often it is asked, while it is left alone, whether it answers again; no request waits for that. */
const PROBE_MS = 200
const PROBE_TIMEOUT_MS = 100

type Options = {
  /** Fulfilled when every part of Redis answers. */
  readonly probe: () => Promise<unknown>
  readonly onError: (error: unknown) => void
  readonly onAway: () => void
  readonly onBack: () => void
}

/** A circuit breaker before Redis: trouble costs a few calls a bounded wait, then nothing until it is over. */
export class RedisGuard {
  readonly #options: Options
  #away = false
  #closed = false
  #failures = 0
  #windowEnds = 0
  #probing: NodeJS.Timeout | undefined

  constructor(options: Options) {
    this.#options = options
  }

  /** Whether Redis is left alone at present. */
  get away(): boolean {
    return this.#away
  }

  /** Runs commands; `undefined` when they failed, took longer than `withinMs`, or Redis is left alone. */
  async run<T>(commands: () => Promise<T>, withinMs: number): Promise<T | undefined> {
    if (this.#away || this.#closed) return undefined
    try {
      return await within(commands(), withinMs)
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
    const now = performance.now()
    if (now > this.#windowEnds) {
      this.#failures = 0
      this.#windowEnds = now + WINDOW_MS
    }
    if (++this.#failures < FAILURES || this.#away) return
    this.#away = true
    this.#options.onAway()
    this.#probeSoon()
  }

  #probeSoon(): void {
    this.#probing = setTimeout(() => void this.#probe(), PROBE_MS)
    this.#probing.unref()
  }

  async #probe(): Promise<void> {
    try {
      await within(this.#options.probe(), PROBE_TIMEOUT_MS)
    } catch {
      if (!this.#closed) this.#probeSoon()
      return
    }
    if (this.#closed) return
    this.#away = false
    this.#failures = 0
    this.#options.onBack()
  }
}

/** The promise, or a failure after so many milliseconds. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    // After a busy stretch the timer is seen before an answer that lies ready in the socket: let that in first.
    const late = () => setImmediate(() => reject(new Error(`Redis: no answer within ${Math.round(ms)} ms`)))
    const timer = setTimeout(late, ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
