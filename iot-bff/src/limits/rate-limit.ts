type Options = {
  /** Each key has so many a minute, all at once or spread. */
  readonly perMinute: number
  /** Keys that are counted apart; all further ones share one count. */
  readonly maxKeys: number
  /** Milliseconds, of a clock that never goes back. */
  readonly now?: () => number
}

const MINUTE_MS = 60_000
/** A full table is searched for counts that are over at most this often. */
const SWEEP_MS = 1_000
/** What a minute's shares lack, added up, of a whole minute. */
const ROUNDING_MS = 0.01
const OTHERS = Symbol('others')

/**
 * A rate limit by key (the generic cell rate algorithm: one number a key). Synchronous and in memory: it stands on
 * the path of a request, which has no I/O, and a device talks to one replica at a time. Of bounded size, whoever
 * asks: a key that has its whole allowance takes no room once the room is needed, and when there is none left, the
 * keys that are new share one allowance. So nobody gets a new allowance by coming from many addresses.
 */
export class RateLimit {
  /** When all that a key has used will be given back. */
  readonly #fullAgainAt = new Map<string | typeof OTHERS, number>()
  readonly #perRequestMs: number
  readonly #options: Options
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(options: Options) {
    this.#options = options
    this.#perRequestMs = MINUTE_MS / options.perMinute
  }

  /** Counts one. 0 when it is within the limit, else the whole seconds after which the next is. */
  take(key: string): number {
    const now = this.#options.now?.() ?? performance.now()
    const counted = this.#fullAgainAt.has(key) || this.#hasRoom(now) ? key : OTHERS
    const next = Math.max(now, this.#fullAgainAt.get(counted) ?? now) + this.#perRequestMs
    const excessMs = next - now - MINUTE_MS
    if (excessMs > ROUNDING_MS) return Math.max(1, Math.ceil(excessMs / 1000))
    this.#fullAgainAt.set(counted, next)
    return 0
  }

  /** How many keys take room. */
  get size(): number {
    return this.#fullAgainAt.size
  }

  #hasRoom(now: number): boolean {
    if (this.#fullAgainAt.size < this.#options.maxKeys) return true
    if (now - this.#sweptAt < SWEEP_MS) return false
    this.#sweptAt = now
    for (const [key, at] of this.#fullAgainAt) if (at <= now) this.#fullAgainAt.delete(key)
    return this.#fullAgainAt.size < this.#options.maxKeys
  }
}
