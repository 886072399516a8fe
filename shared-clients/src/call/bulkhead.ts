import type { Resilience } from './defaults.ts'

/** A call that waits for a slot. */
export type Place = { readonly enter: () => void }

/**
 * Keeps an upstream from taking more than its share of the process: so many calls at it at a time, so many
 * waiting. It has no clock: a call that ends while it waits gives up its place in the queue.
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

  /** Takes a slot if one is free; the caller must then `leave()`. */
  tryEnter(): boolean {
    if (this.#inFlight >= this.#maxConcurrent) return false
    this.#inFlight++
    return true
  }

  /** Queues a call: `place.enter` is called once it has a slot. `false`: the queue is full. */
  queue(place: Place): boolean {
    if (this.#waiting.size >= this.#maxQueued) return false
    this.#waiting.add(place)
    return true
  }

  /** Takes a call out of the queue. */
  giveUp(place: Place): void {
    this.#waiting.delete(place)
  }

  /**
   * Frees a slot for the call that was queued last. First come, first served would spend every slot on the call
   * with the least time left, which is sent only to time out: three times the connections to a dead upstream.
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
