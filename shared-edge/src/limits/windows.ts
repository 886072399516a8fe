import { boundedLru } from '@harbor/shared-runtime/cache/bounded-lru'
import type { LRUCache } from 'lru-cache'

/** How much of a quota is used in the current window, this request included. */
export type Usage = { readonly used: number; readonly resetMs: number }

/** About 15 MB. An attacker can make up addresses, so the least recently used one is evicted first. */
const MAX_KEYS = 100_000

/** Counts in fixed windows in the memory of this process. */
export class Windows {
  readonly #windows: LRUCache<string, { used: number; endsAt: number }>
  readonly #now: () => number

  constructor({ maxKeys = MAX_KEYS, now = () => performance.now() } = {}) {
    this.#windows = boundedLru(maxKeys)
    this.#now = now
  }

  /** Counts one request of a key in a window of this length. */
  count(key: string, windowMs: number): Usage {
    const now = this.#now()
    const window = this.#windows.get(key)
    if (window && window.endsAt > now) return { used: ++window.used, resetMs: window.endsAt - now }
    this.#windows.set(key, { used: 1, endsAt: now + windowMs })
    return { used: 1, resetMs: windowMs }
  }

  /** The current window, without counting. */
  peek(key: string): Usage | undefined {
    const window = this.#windows.get(key)
    const resetMs = window ? window.endsAt - this.#now() : 0
    return window && resetMs > 0 ? { used: window.used, resetMs } : undefined
  }

  /** Takes over a count from Redis. */
  set(key: string, { used, resetMs }: Usage): void {
    this.#windows.set(key, { used, endsAt: this.#now() + resetMs })
  }
}
