/**
 * Stores sealed sessions. It cannot see sessions, users or tokens: keys and groups are hashes.
 * @throws {UpstreamError} `unavailable`, of `session-store`, when it cannot be reached
 */
export type SessionStore = {
  /** Stores a new entry for `idleMs` from each prolonging `get`, and as a member of its groups for `maxMs`. */
  put(key: string, sealed: string, life: Life): Promise<void>
  /** The value and its remaining milliseconds; with `prolongMs` it lives that long from now. */
  get(key: string, prolongMs?: number): Promise<{ sealed: string; leftMs: number } | undefined>
  /** Replaces the value without changing its expiry; `false` when it no longer exists. */
  replace(key: string, sealed: string): Promise<boolean>
  remove(key: string): Promise<void>
  /** The keys stored with this group; some may no longer exist. */
  members(group: string): Promise<readonly string[]>
  /** Locks a name; returns the owner's token, or `undefined` when another owner has it. */
  lock(name: string, ms: number): Promise<string | undefined>
  /** Releases a name now or, with `keepMs`, that much later; a lock of another owner is unchanged. */
  unlock(name: string, owner: string, keepMs?: number): Promise<void>
  /** Marks a name as used. */
  mark(name: string, ms: number): Promise<void>
  isMarked(name: string): Promise<boolean>
}

type Life = {
  readonly idleMs: number
  readonly maxMs: number
  readonly groups: readonly string[]
}
