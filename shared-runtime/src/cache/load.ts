import type { UpstreamError } from '../errors/errors.ts'
import { Rows } from '../request/rows.ts'
import { type CacheEventName, type Detail, emit } from './channels.ts'
import { type Entry, freeze } from './entry.ts'
import type { Batch, Flight } from './flight.ts'
import type { MemoryTier } from './memory.ts'
import { lifeOf } from './policy.ts'
import type { PurgeLog } from './purge-log.ts'
import type { Claim, Fresh, SharedTier } from './shared-tier.ts'

/** State shared by all kinds of a cache. */
export type Store = {
  readonly name: string
  readonly memory: MemoryTier
  readonly purges: PurgeLog
  readonly flights: Map<string, Flight>
  readonly shared: SharedTier | undefined
  readonly now: () => number
  readonly random: () => number
}

/** The value of a flight whose entity arrived malformed. It is never stored: the next caller loads again. */
export class BrokenEntity {
  readonly error: UpstreamError

  constructor(error: UpstreamError) {
    this.error = error
  }
}

const RENEW_MS = 75
/** Delay in milliseconds before a failed refresh is retried. */
const RETRY_REFRESH_MS = 1_000

/** The load of one batch from the upstream, into the cache and to those who wait. */
export class BatchLoad {
  readonly store: Store
  readonly batch: Batch

  constructor(store: Store, batch: Batch) {
    this.store = store
    this.batch = batch
  }

  /** Calls the upstream for those that nothing has answered. With a claim, the result is also written to Redis. */
  async load(flights: readonly Flight[], claim?: Claim): Promise<void> {
    const { kind, signal } = this.batch
    const { shared } = this.store
    const waiting = flights.filter(({ settled }) => !settled)
    if (waiting.length === 0) {
      if (claim) shared?.release(kind, claim.won, claim.token)
      return
    }
    // A load without waiting callers that ignores its abort must not block others.
    const renew = () => claim && !signal.aborted && shared?.renew(kind, claim)
    const renewing = claim && setInterval(renew, RENEW_MS)
    try {
      const loaded = await this.#call(waiting, claim?.stamp ?? '')
      if (!claim) return
      shared?.store(kind, loaded, claim)
      shared?.release(
        kind,
        [...claim.won].filter((id) => !loaded.has(id)),
        claim.token,
      )
    } catch (error) {
      if (claim) shared?.release(kind, claim.won, claim.token)
      if (!signal.aborted) this.#failed(waiting, error)
      for (const flight of waiting) if (!flight.settled) flight.fail(error)
    } finally {
      clearInterval(renewing)
    }
  }

  /** Stores an entry unless it was purged during its load; then only the waiting callers get it. */
  keep(flight: Flight, entry: Entry): void {
    // Abandoned meanwhile: another load may have stored a newer value.
    if (flight.settled) return
    const { purges, memory, now } = this.store
    if (purges.purgedSince(entry.tags, flight.since)) this.emit('fenced', 1)
    else if (entry.staleUntil > now()) memory.set(flight.key, entry)
    flight.settle(entry)
  }

  /** Publishes what happened to keys of this batch. */
  emit(name: CacheEventName, count: number, detail?: Detail): void {
    emit(name, this.store.name, this.batch.kind.namespace, count, detail)
  }

  /** Asks the upstream and answers the waiting; returns what may be written to Redis. */
  async #call(waiting: readonly Flight[], stamp: string): Promise<ReadonlyMap<string, Fresh>> {
    const started = this.store.now()
    const values = await this.batch.load(idsOf(waiting), this.batch.signal)
    const loadMs = this.store.now() - started
    this.emit('load', waiting.length, { ms: loadMs })
    const loaded = new Map<string, Fresh>()
    const broken = values instanceof Rows ? values.broken : NONE_BROKEN
    for (const flight of waiting) {
      const error = broken.get(flight.id)
      if (error) {
        this.#settleBroken(flight, error)
        continue
      }
      const fresh = this.#newEntry(flight.id, values.get(flight.id), loadMs, stamp)
      if (fresh.lifeMs > 0) loaded.set(flight.id, fresh)
      this.keep(flight, fresh.entry)
    }
    return loaded
  }

  /** Answers those who wait, and stores nothing: what a refresh was to replace stays. */
  #settleBroken(flight: Flight, error: UpstreamError): void {
    this.#failed([flight], error)
    if (!flight.settled) flight.settle({ ...UNSTORED, value: new BrokenEntity(error) })
  }

  #failed(flights: readonly Flight[], error: unknown): void {
    this.emit(this.batch.background ? 'refresh-error' : 'load-error', flights.length, { error })
    for (const { current } of flights) if (current) current.retryAt = this.store.now() + RETRY_REFRESH_MS
  }

  #newEntry(id: string, value: unknown, loadMs: number, stamp: string): Fresh {
    const { kind } = this.batch
    const exists = value !== undefined
    const now = this.store.now()
    const forgotten = !exists && kind.policy.negativeTtlMs === 0
    const { freshMs, lifeMs } = forgotten
      ? { freshMs: 0, lifeMs: 0 }
      : lifeOf(kind.policy, exists, this.store.random)
    const entry: Entry = {
      value,
      freshUntil: now + freshMs,
      staleUntil: now + lifeMs,
      keptUntil: now + lifeMs + (exists ? (kind.policy.lastResortMs ?? 0) : 0),
      loadMs,
      tags: kind.tagsOf(value, id),
      stamp,
      bytes: freeze(value),
      retryAt: 0,
    }
    return { entry, freshMs, lifeMs }
  }
}

const NONE_BROKEN: ReadonlyMap<string, UpstreamError> = new Map()

const UNSTORED = {
  freshUntil: 0,
  staleUntil: 0,
  keptUntil: 0,
  loadMs: 0,
  tags: [],
  stamp: '',
  bytes: 0,
  retryAt: 0,
} as const satisfies Partial<Entry>

export const idsOf = (flights: readonly Flight[]) => flights.map(({ id }) => id)
