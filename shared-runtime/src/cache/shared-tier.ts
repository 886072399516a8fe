import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { RedisConnection } from '../redis/connect.ts'
import { type Entry, freeze } from './entry.ts'
import type { Fence } from './fence.ts'
import type { EntityKind } from './kind.ts'
import type { RedisGuard } from './redis-guard.ts'
import { RELEASE, RENEW, STAMP_LENGTH, STORE } from './redis-scripts.ts'

/** The lock of a dead process expires after this; a living one renews it. */
const LOCK_MS = 300
const WRITE_TIMEOUT_MS = 100

/** The stored form of an entry, after its stamp; its age follows from its remaining time to live in Redis. */
const Stored = z.object({
  freshMs: z.number(),
  lifeMs: z.number(),
  loadMs: z.number(),
  tags: z.array(z.string()),
  value: z.unknown().optional(),
})
type Stored = z.infer<typeof Stored>

/** What Redis returned for some ids. */
export type Found = {
  readonly entries: ReadonlyMap<string, Entry>
  /** Ids whose entry is malformed. */
  readonly unreadable: number
}

/** The right to load some ids while other processes wait, and the stamp of that load in the order of purges. */
export type Claim = { readonly won: ReadonlySet<string>; readonly stamp: string; readonly token: string }

/** A new entry with its lifetimes, which other processes need. */
export type Fresh = { readonly entry: Entry; readonly freshMs: number; readonly lifeMs: number }

type Options = {
  readonly name: string
  readonly connection: RedisConnection
  readonly guard: RedisGuard
  readonly fence: Fence
  readonly now: () => number
}

/** The second tier: entries and locks in Redis. Never throws; `undefined` means that Redis gave no answer. */
export class SharedTier {
  readonly #options: Options

  constructor(options: Options) {
    this.#options = options
  }

  get away(): boolean {
    return this.#options.guard.away
  }

  /** Reads entries that are not outdated by a purge. */
  async read(kind: EntityKind, ids: readonly string[], withinMs: number): Promise<Found | undefined> {
    return this.#options.guard.run(() => this.#read(kind, ids), withinMs)
  }

  /** Tries to lock some ids, and reads them again: the previous holder of a lock may have stored a value. */
  async claim(
    kind: EntityKind,
    ids: readonly string[],
    withinMs: number,
  ): Promise<{ claim: Claim; found: Found } | undefined> {
    const { connection, fence, guard } = this.#options
    const token = randomUUID()
    const claimed = await guard.run(async () => {
      const [stamp, found, ...locks] = await Promise.all([
        fence.stamp(),
        // Each lock is sent before the read of its id, so no write can happen unseen in between.
        Promise.resolve().then(() => this.#read(kind, ids)),
        ...ids.map((id) => connection.client.set(this.#lockKey(kind, id), token, 'PX', LOCK_MS, 'NX')),
      ])
      return { claim: { stamp, token, won: new Set(ids.filter((_, i) => locks[i] === 'OK')) }, found }
    }, withinMs)
    if (!claimed) this.release(kind, ids, token)
    return claimed
  }

  /** Renews locks while their load runs. */
  renew(kind: EntityKind, { won, token }: Claim): void {
    this.#send(won, (id) => [RENEW, 1, this.#lockKey(kind, id), token, LOCK_MS])
  }

  /** Releases locks without a value. */
  release(kind: EntityKind, ids: Iterable<string>, token: string): void {
    this.#send(ids, (id) => [RELEASE, 1, this.#lockKey(kind, id), token])
  }

  /** Writes the result of a claim and releases its locks. */
  store(kind: EntityKind, loaded: ReadonlyMap<string, Fresh>, { stamp, token }: Claim): void {
    this.#send(loaded.keys(), (id) => {
      const { entry, freshMs, lifeMs } = loaded.get(id) as Fresh
      const { value, tags, loadMs } = entry
      const stored: Stored = {
        freshMs,
        lifeMs,
        loadMs,
        tags: [...tags],
        ...(value !== undefined && { value }),
      }
      const keys = [this.#entryKey(kind, id), this.#lockKey(kind, id)]
      return [STORE, 2, ...keys, stamp, JSON.stringify(stored), lifeMs, token]
    })
  }

  #send(ids: Iterable<string>, command: (id: string) => [string, number, ...(string | number)[]]): void {
    const { guard, connection } = this.#options
    const sending = async () => {
      await Promise.all(Array.from(ids, async (id) => connection.client.eval(...command(id))))
    }
    void guard.run(sending, WRITE_TIMEOUT_MS)
  }

  async #read(kind: EntityKind, ids: readonly string[]): Promise<Found> {
    const { client } = this.#options.connection
    const raw = await Promise.all(
      ids.map(async (id) => {
        const key = this.#entryKey(kind, id)
        // In this order a value that is replaced in between only appears older than it is.
        const [left, text] = await Promise.all([client.pttl(key), client.get(key)])
        return { id, left, text }
      }),
    )
    const entries = new Map<string, Entry>()
    let unreadable = 0
    for (const { id, left, text } of raw) {
      if (text === null || left <= 0) continue
      const entry = this.#decode(kind, id, text, left)
      if (entry) entries.set(id, entry)
      else unreadable++
    }
    const purged = await this.#purgedOf([...entries.values()])
    for (const [id, entry] of entries) if (purged(entry)) entries.delete(id)
    return { entries, unreadable }
  }

  /** Reads the purge records of all tags concerned. */
  async #purgedOf(entries: readonly Entry[]): Promise<(entry: Entry) => boolean> {
    const { fence, connection } = this.#options
    const tags = [...new Set(entries.flatMap((entry) => entry.tags))]
    const stamps = await Promise.all(tags.map((tag) => connection.client.get(fence.recordKey(tag))))
    const recorded = new Map(tags.map((tag, i) => [tag, stamps[i] ?? '']))
    return ({ tags, stamp }) =>
      fence.purged(tags, stamp) || tags.some((tag) => (recorded.get(tag) ?? '') >= stamp)
  }

  #decode(kind: EntityKind, id: string, text: string, leftMs: number): Entry | undefined {
    const stored = decode(text.slice(STAMP_LENGTH))
    if (!stored) return undefined
    const value = stored.value === undefined ? undefined : kind.parse(stored.value)
    if (value === undefined && stored.value !== undefined) return undefined
    const now = this.#options.now()
    const age = stored.lifeMs - leftMs
    return {
      value,
      freshUntil: now + stored.freshMs - age,
      staleUntil: now + leftMs,
      keptUntil: now + leftMs + (value === undefined ? 0 : (kind.policy.lastResortMs ?? 0)),
      loadMs: stored.loadMs,
      // The tags as stored by the writer and as computed here: a new version may tag differently.
      tags: [...new Set([...stored.tags, ...kind.tagsOf(value, id)])],
      stamp: text.slice(0, STAMP_LENGTH),
      bytes: freeze(value),
      retryAt: 0,
    }
  }

  // An id is encoded and has no braces, so the lock's {…} puts it into the slot of its entry.
  #entryKey = (kind: EntityKind, id: string) =>
    `${this.#options.name}:${kind.prefix}${encodeURIComponent(id)}`
  #lockKey = (kind: EntityKind, id: string) => `@lock:{${this.#entryKey(kind, id)}}`
}

function decode(text: string): Stored | undefined {
  try {
    return Stored.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
