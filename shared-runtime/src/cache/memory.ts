import { LRUCache } from 'lru-cache'
import type { Entry } from './entry.ts'

/** The first tier: parsed objects in this process, bounded by entries and by bytes, indexed by tag. */
export class MemoryTier {
  readonly #entries: LRUCache<string, Entry>
  readonly #byTag = new Map<string, Set<string>>()
  readonly #maxEntries: number
  #evicted = 0

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries
    // Without `max`, which would make room for all entries at once.
    this.#entries = new LRUCache<string, Entry>({
      maxSize: maxBytes,
      sizeCalculation: (entry, key) => entry.bytes + key.length,
      dispose: (entry, key, reason) => {
        if (reason === 'evict') this.#evicted++
        this.#forget(entry, key)
      },
    })
  }

  get(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  set(key: string, entry: Entry): void {
    this.#entries.set(key, entry)
    // An entry larger than the whole tier is not stored.
    if (!this.#entries.has(key)) return
    for (const tag of entry.tags) {
      const keys = this.#byTag.get(tag)
      if (keys) keys.add(key)
      else this.#byTag.set(tag, new Set([key]))
    }
    if (this.#entries.size > this.#maxEntries) this.#entries.pop()
  }

  delete(key: string): void {
    this.#entries.delete(key)
  }

  purge(tags: Iterable<string>): void {
    for (const tag of tags) for (const key of [...(this.#byTag.get(tag) ?? [])]) this.#entries.delete(key)
  }

  clear(): void {
    this.#entries.clear()
  }

  /** `evicted`: entries that had to make room since the process started. */
  get size(): { entries: number; bytes: number; tags: number; evicted: number } {
    return {
      entries: this.#entries.size,
      bytes: this.#entries.calculatedSize,
      tags: this.#byTag.size,
      evicted: this.#evicted,
    }
  }

  #forget(entry: Entry, key: string): void {
    for (const tag of entry.tags) {
      const keys = this.#byTag.get(tag)
      keys?.delete(key)
      if (keys?.size === 0) this.#byTag.delete(tag)
    }
  }
}
