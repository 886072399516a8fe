import type { Resilience } from './defaults.ts'

/** A call that waits for its turn. */
export type Place = { readonly enter: () => void }

/**
 * Keeps an upstream from taking more than its share of the process: so many calls at it at a time, so many
 * waiting, first come first served. It has no clock: a call that ends while it waits gives its place up.
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

  /** Ends a call that has entered; the next one enters. */
  leave(): void {
    const [next] = this.#waiting.size > 0 ? this.#waiting : []
    if (next === undefined) {
      this.#inFlight--
      return
    }
    this.#waiting.delete(next)
    next.enter()
  }
}
