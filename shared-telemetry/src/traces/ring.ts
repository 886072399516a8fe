/** The last so many values. */
export class Ring<T> {
  readonly #values: (T | undefined)[]
  readonly #dropped: (value: T) => void
  #next = 0

  /** @param dropped called for each value that makes room for a newer one */
  constructor(size: number, dropped: (value: T) => void) {
    this.#values = new Array(size).fill(undefined)
    this.#dropped = dropped
  }

  push(value: T): void {
    const place = this.#next++ % this.#values.length
    const old = this.#values[place]
    this.#values[place] = value
    if (old !== undefined) this.#dropped(old)
  }

  /** The newest first. */
  *[Symbol.iterator](): Generator<T> {
    const { length } = this.#values
    for (let back = 1; back <= length; back++) {
      const value = this.#values[(this.#next - back + length * 2) % length]
      if (value === undefined) return
      yield value
    }
  }
}
