const WINDOW_MS = 10_000
const SLICES = 10
const SLICE_MS = WINDOW_MS / SLICES

/**
 * Keeps what is sent on top of the calls (retries, hedges) to a share of the calls of the last 10 s, so that an
 * upstream in trouble never gets much more load than one that is well.
 *
 * Instants are milliseconds of one clock that does not run backwards.
 */
export class ExtraLoad {
  readonly #share: number
  // A ring of slices; both kinds leave the window together, so no call pays twice.
  readonly #calls = new Uint32Array(SLICES)
  readonly #extras = new Uint32Array(SLICES)
  #callsInWindow = 0
  #extrasInWindow = 0
  #slice = 0

  /** @param share extras per call, 0…1 */
  constructor(share: number) {
    this.#share = share
  }

  /** Notes a call that was made. */
  note(now: number): void {
    this.#advance(now)
    this.#calls[this.#slice % SLICES] = (this.#calls[this.#slice % SLICES] ?? 0) + 1
    this.#callsInWindow++
  }

  /**
   * Asks for one extra; `true`: granted and noted.
   *
   * @param reserve extras that are granted in a window however few calls there were
   */
  take(now: number, reserve = 0): boolean {
    this.#advance(now)
    // The margin is for products like 0.1 × 30 that come out a hair below the whole number.
    if (this.#extrasInWindow + 1 > Math.max(reserve, this.#share * this.#callsInWindow + 1e-9)) return false
    this.#extras[this.#slice % SLICES] = (this.#extras[this.#slice % SLICES] ?? 0) + 1
    this.#extrasInWindow++
    return true
  }

  #advance(now: number): void {
    const slice = Math.floor(now / SLICE_MS)
    if (slice === this.#slice) return
    const passed = Math.min(slice - this.#slice, SLICES)
    for (let i = 1; i <= passed; i++) {
      const index = (this.#slice + i) % SLICES
      this.#callsInWindow -= this.#calls[index] ?? 0
      this.#extrasInWindow -= this.#extras[index] ?? 0
      this.#calls[index] = this.#extras[index] = 0
    }
    this.#slice = slice
  }
}
