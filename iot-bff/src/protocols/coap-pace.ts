/** For a peer whose round-trip time is not known (RFC 7641 §4.5.1). */
const UNKNOWN_RTT_MS = 3_000
/** Share of a new measurement in the estimate (RFC 6298). */
const NEW_SHARE = 1 / 8

/**
 * Lets one notification a round trip leave to a peer (RFC 7641 §4.5.1). What is due earlier waits, once for each
 * observer: it is sent with the state of that later time.
 */
export class Pace<Waiting> {
  readonly #send: (next: Waiting) => void
  /** Made when something waits: most peers never need it. */
  #waiting: Set<Waiting> | undefined
  #rttMs: number
  #freeAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(send: (next: Waiting) => void, rttMs = UNKNOWN_RTT_MS) {
    this.#send = send
    this.#rttMs = Math.min(rttMs, UNKNOWN_RTT_MS)
  }

  /** Sends now, or as soon as a round trip has passed since the last one. */
  request(next: Waiting): void {
    if (!this.#waiting?.size && performance.now() >= this.#freeAt) this.#send(next)
    else {
      this.#waiting ??= new Set()
      this.#waiting.add(next)
      this.#wait()
    }
  }

  /** One was sent. */
  sent(): void {
    this.#freeAt = performance.now() + this.#rttMs
  }

  /** The peer has answered the last one: a round trip is over, and took so long if it was sent once. */
  answered(rttMs: number | undefined): void {
    if (rttMs !== undefined)
      this.#rttMs = Math.min(UNKNOWN_RTT_MS, this.#rttMs + (rttMs - this.#rttMs) * NEW_SHARE)
    this.#freeAt = 0
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#next()
  }

  drop(waiting: Waiting): void {
    this.#waiting?.delete(waiting)
  }

  #wait(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined
        this.#next()
      },
      Math.max(1, this.#freeAt - performance.now()),
    ).unref()
  }

  #next(): void {
    const next = this.#waiting?.values().next().value
    if (next === undefined) return
    this.#waiting?.delete(next)
    this.#send(next)
    if (this.#waiting?.size) this.#wait()
  }
}
