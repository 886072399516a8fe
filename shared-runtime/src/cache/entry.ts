/** What is kept of one key. Instants are those of the cache's clock. */
export type Entry = {
  /** `undefined`: known not to exist. */
  readonly value: unknown
  readonly freshUntil: number
  readonly staleUntil: number
  /** Until when memory has it, for who asks for the last resort. */
  readonly keptUntil: number
  /** Milliseconds that its load took. */
  readonly loadMs: number
  /** Every tag that purges it, its own and its namespace's among them. */
  readonly tags: readonly string[]
  /** Where its load began in the order of all purges (see fence.ts); empty when Redis was not asked. */
  readonly stamp: string
  /** What it takes in memory, roughly. */
  readonly bytes: number
  /** Not refreshed before this instant: its last refresh failed. */
  retryAt: number
}

const PER_OBJECT = 48
const PER_FIELD = 16

/**
 * Freezes a value, so that no request can change what others will read, and says how many bytes it takes in
 * memory, roughly.
 */
export function freeze(value: unknown): number {
  if (typeof value === 'string') return PER_FIELD + value.length
  if (typeof value !== 'object' || value === null) return PER_FIELD
  if (ArrayBuffer.isView(value)) return PER_OBJECT + value.byteLength
  let bytes = PER_OBJECT
  // A frozen object has been here before, or is shared: it counts again, but ends the way down a cycle.
  if (!Object.isFrozen(value)) {
    Object.freeze(value)
    for (const item of Object.values(value)) bytes += PER_FIELD + freeze(item)
  }
  return bytes
}
