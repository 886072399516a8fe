type Options = {
  /** Each key has so many a minute, all at once or spread. */
  readonly perMinute: number
  /** Keys that are counted apart; all further ones share one count. */
  readonly maxKeys: number
  /** Several consumers share a key: those that are refused together get different times to return. */
  readonly shared?: boolean
  /** Milliseconds, of a clock that never goes back. */
  readonly now?: () => number
}

const MINUTE_MS = 60_000
/** A full table is searched for expired counts at most this often. */
const SWEEP_MS = 1_000
/** Rounding errors of a minute's shares, added up. */
const ROUNDING_MS = 0.01
/** Shared keys: waits are longer by up to this share, so that clients do not return in step. */
const JITTER = 0.25
const OTHERS = Symbol('others')
type Key = string | typeof OTHERS

/**
 * A rate limit by key (the generic cell rate algorithm: one number a key). Synchronous and in memory: it is on
 * the path of a request, which has no I/O, and a device talks to one replica at a time. Its size is bounded: a key
 * that has its whole allowance is forgotten when the room is needed, and when there is no room left, new keys
 * share one allowance. So nobody gets a new allowance by coming from many addresses.
 */
export class RateLimit {
  /** When all that a key has used will be given back. */
  readonly #fullAgainAt = new Map<Key, number>()
  /** Shared keys: the latest instant at which a refused request was told to return. */
  readonly #promisedAt = new Map<Key, number>()
  readonly #perRequestMs: number
  readonly #options: Options
  #sweptAt = Number.NEGATIVE_INFINITY

  constructor(options: Options) {
    this.#options = options
    this.#perRequestMs = MINUTE_MS / options.perMinute
  }

  /** Counts one request. 0 when it is within the limit, else the whole seconds after which to return. */
  take(key: string): number {
    const now = this.#options.now?.() ?? performance.now()
    const counted = this.#fullAgainAt.has(key) || this.#hasRoom(now) ? key : OTHERS
    const next = Math.max(now, this.#fullAgainAt.get(counted) ?? now) + this.#perRequestMs
    const excessMs = next - now - MINUTE_MS
    if (excessMs > ROUNDING_MS) return Math.max(1, Math.ceil(this.#waitMs(counted, now, excessMs) / 1000))
    this.#fullAgainAt.set(counted, next)
    return 0
  }

  /** The number of keys in memory. */
  get size(): number {
    return this.#fullAgainAt.size
  }

  /** Clients behind a shared key are given one slot each, in the order in which they were refused. */
  #waitMs(key: Key, now: number, excessMs: number): number {
    if (!this.#options.shared) return excessMs
    const slot = Math.max(now + excessMs, (this.#promisedAt.get(key) ?? 0) + this.#perRequestMs)
    const isFull = slot - now > MINUTE_MS
    if (!isFull) this.#promisedAt.set(key, slot)
    // A minute of slots is given away: anywhere in it is as good.
    return isFull ? MINUTE_MS * Math.random() : (slot - now) * (1 + JITTER * Math.random())
  }

  #hasRoom(now: number): boolean {
    if (this.#fullAgainAt.size < this.#options.maxKeys) return true
    if (now - this.#sweptAt < SWEEP_MS) return false
    this.#sweptAt = now
    for (const [key, at] of this.#fullAgainAt) if (at <= now) this.#fullAgainAt.delete(key)
    for (const [key, at] of this.#promisedAt) if (at <= now) this.#promisedAt.delete(key)
    return this.#fullAgainAt.size < this.#options.maxKeys
  }
}
