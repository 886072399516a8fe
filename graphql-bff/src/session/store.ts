/**
 * Where sessions are kept, sealed. It knows no session, no user and no token: keys and groups are hashes.
 * @throws {UpstreamError} `unavailable`, of `session-store`, when it cannot be reached
 */
export type SessionStore = {
  /** Keeps something new, for `idleMs` from each `get` that prolongs it, and as one of some groups for `maxMs`. */
  put(key: string, sealed: string, life: Life): Promise<void>
  /** What is kept, and the milliseconds it has left; with `prolongMs` that many from now on. */
  get(key: string, prolongMs?: number): Promise<{ sealed: string; leftMs: number } | undefined>
  /** Changes what is kept, but not for how long; `false` when it has gone. */
  replace(key: string, sealed: string): Promise<boolean>
  remove(key: string): Promise<void>
  /** The keys that were put as one of this group; some of them may have gone. */
  members(group: string): Promise<readonly string[]>
  /** Reserves a name for one at a time; gives the owner's proof, or `undefined` when somebody else has it. */
  lock(name: string, ms: number): Promise<string | undefined>
  /** Lets go of a name now or, with `keepMs`, that much later; of nothing that somebody else has by now. */
  unlock(name: string, owner: string, keepMs?: number): Promise<void>
  /** Remembers a name. */
  mark(name: string, ms: number): Promise<void>
  isMarked(name: string): Promise<boolean>
}

type Life = {
  readonly idleMs: number
  readonly maxMs: number
  readonly groups: readonly string[]
}
