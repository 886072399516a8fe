/** Number of purges recorded by tag; a load during which more tags are purged counts as purged. */
const MAX_TAGS = 10_000

/**
 * The order of purges in this process. A load records its position in the log when it begins; its result is stored
 * only if none of its tags was purged since, although the tags are known only after the load.
 */
export class PurgeLog {
  #now = 0
  #forgotten = 0
  readonly #lastOf = new Map<string, number>()

  /** The current position. */
  get now(): number {
    return this.#now
  }

  record(tags: Iterable<string>): void {
    this.#now++
    for (const tag of tags) {
      this.#lastOf.delete(tag)
      this.#lastOf.set(tag, this.#now)
    }
    for (const [tag, at] of this.#lastOf) {
      if (this.#lastOf.size <= MAX_TAGS) break
      this.#lastOf.delete(tag)
      this.#forgotten = at
    }
  }

  /** Treats everything as purged: messages may have been missed. */
  recordAll(): void {
    this.#forgotten = ++this.#now
    this.#lastOf.clear()
  }

  /** Whether one of the tags was, or may have been, purged since that position. */
  purgedSince(tags: readonly string[], then: number): boolean {
    if (then === this.#now) return false
    if (then < this.#forgotten) return true
    return tags.some((tag) => (this.#lastOf.get(tag) ?? 0) > then)
  }
}
