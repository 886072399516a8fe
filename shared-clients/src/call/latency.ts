/** Buckets an octave. */
const PER_OCTAVE = 8
const LOWEST_MS = 1 / 16
/** Up to 65 s; longer ones count as that long. */
const BUCKETS = 20 * PER_OCTAVE
/** One window fills, the one before it is whole: what counts is 10 to 20 s old at most. */
const WINDOW_MS = 10_000
/** Calls after which the quantiles are computed again. */
const REFRESH = 32

/** How long the answers of an upstream took in the last 10 to 20 s, for the quantiles that the chain asks for. */
export class Latency {
  /** A quantile is at most this share above the true one. */
  static readonly ERROR = 2 ** (1 / PER_OCTAVE) - 1

  readonly #quantiles: readonly number[]
  readonly #values: number[]
  #filling = new Uint32Array(BUCKETS)
  #whole = new Uint32Array(BUCKETS)
  #inFilling = 0
  #inWhole = 0
  #turnedAt = 0

  /** @param quantiles those that will be asked for, 0…1, in rising order */
  constructor(quantiles: readonly number[]) {
    this.#quantiles = quantiles
    this.#values = quantiles.map(() => Number.NaN)
  }

  /** Notes a call that took so many milliseconds, at an instant of a clock that does not run backwards. */
  record(ms: number, now: number): void {
    if (now - this.#turnedAt >= WINDOW_MS) this.#turn(now)
    const bucket = Math.ceil(Math.log2(ms / LOWEST_MS) * PER_OCTAVE)
    const index = bucket > 0 ? Math.min(bucket, BUCKETS - 1) : 0
    this.#filling[index] = (this.#filling[index] ?? 0) + 1
    if (++this.#inFilling % REFRESH === 0) this.#refresh()
  }

  /**
   * The n-th of the quantiles in milliseconds; `NaN` while it is not known: it takes as many calls as leave five
   * above it.
   */
  quantile(n: number, now: number): number {
    if (now - this.#turnedAt >= WINDOW_MS) this.#turn(now)
    return this.#values[n] ?? Number.NaN
  }

  /** Forgets all: what was slow before says nothing about what is answered now. */
  reset(now: number): void {
    this.#turnedAt = now - 2 * WINDOW_MS
    this.#turn(now)
  }

  #turn(now: number): void {
    const idle = now - this.#turnedAt >= 2 * WINDOW_MS
    const old = this.#whole
    this.#whole = idle ? old.fill(0) : this.#filling
    this.#inWhole = idle ? 0 : this.#inFilling
    this.#filling = idle ? this.#filling.fill(0) : old.fill(0)
    this.#inFilling = 0
    this.#turnedAt = now
    this.#refresh()
  }

  #refresh(): void {
    const total = this.#inFilling + this.#inWhole
    if (total === 0) this.#values.fill(Number.NaN)
    let seen = 0
    let n = 0
    for (let bucket = 0; bucket < BUCKETS && n < this.#quantiles.length; bucket++) {
      seen += (this.#filling[bucket] ?? 0) + (this.#whole[bucket] ?? 0)
      for (let q = this.#quantiles[n]; q !== undefined && seen >= total * q; q = this.#quantiles[++n])
        this.#values[n] = total * (1 - q) < 5 ? Number.NaN : LOWEST_MS * 2 ** (bucket / PER_OCTAVE)
    }
  }
}
