/** A cached value and its metadata. Instants are of the cache's clock. */
export type Entry = {
  /** `undefined`: cached as not existing. */
  readonly value: unknown
  readonly freshUntil: number
  readonly staleUntil: number
  /** Until when memory holds it for `lastResort`. */
  readonly keptUntil: number
  /** Duration of its load in milliseconds. */
  readonly loadMs: number
  /** Every tag that purges it, its own and its namespace's among them. */
  readonly tags: readonly string[]
  /** The stamp of its load in the order of all purges (see fence.ts); empty when Redis was not used. */
  readonly stamp: string
  /** Approximate size in memory, in bytes. */
  readonly bytes: number
  /** Not refreshed before this instant, because its last refresh failed. */
  retryAt: number
}

const PER_OBJECT = 48
const PER_FIELD = 16

/**
 * Freezes a value, so that no request can change what others read, and returns its approximate size in memory in
 * bytes.
 */
export function freeze(value: unknown): number {
  if (typeof value === 'string') return PER_FIELD + value.length
  if (typeof value !== 'object' || value === null) return PER_FIELD
  if (ArrayBuffer.isView(value)) return PER_OBJECT + value.byteLength
  let bytes = PER_OBJECT
  // A frozen object was measured before or is shared: its size counts again, but recursion stops, so that cycles end.
  if (!Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) bytes += PER_FIELD + freeze(item)
  }
  return bytes
}
