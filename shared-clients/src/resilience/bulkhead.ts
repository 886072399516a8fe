import type { Resilience } from './defaults.ts'

/** A call that waits for its turn. */
export type Place = { readonly enter: () => void }

/**
 * Keeps an upstream from taking more than its share of the process: so many calls at it at a time, so many
 * waiting. It has no clock: a call that ends while it waits gives its place up.
 */
export class Bulkhead {
  readonly #maxConcurrent: number
  readonly #maxQueued: number
  readonly #waiting = new Set<Place>()
  #inFlight = 0

  constructor({ maxConcurrent, maxQueued }: Resilience['bulkhead']) {
    this.#maxConcurrent = maxConcurrent
    this.#maxQueued = maxQueued
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get queued(): number {
    return this.#waiting.size
  }

  /** Whether the call may go on now; who may has to `leave`. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.#maxConcurrent) return false
    this.#inFlight++
    return true
  }

  /** Waits in line: `place.enter` is called when it is its turn. `false`: the line is full. */
  queue(place: Place): boolean {
    if (this.#waiting.size >= this.#maxQueued) return false
    this.#waiting.add(place)
    return true
  }

  /** Leaves the line before its turn. */
  giveUp(place: Place): void {
    this.#waiting.delete(place)
  }

  /**
   * Ends a call that has entered; the one that came last enters. First come first served would spend every place
   * on the call with the least time left, sent only to be given up: three times the connections in a black hole.
   */
  leave(): void {
    const next = this.#waiting.size > 0 ? [...this.#waiting].at(-1) : undefined
    if (next === undefined) {
      this.#inFlight--
      return
    }
    this.#waiting.delete(next)
    next.enter()
  }
}
