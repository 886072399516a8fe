import { Rows } from '../request/rows.ts'
import type { TraceContext } from '../request/trace.ts'
import { emit } from './channels.ts'
import type { Entry } from './entry.ts'
import { fill } from './fill.ts'
import { Batch, type Flight, type LoadMany, type Patience, waitFor } from './flight.ts'
import { type EntityKind, tagOf } from './kind.ts'
import { BrokenEntity, type Store } from './load.ts'
import { mayRefreshEarly, refreshesEarly } from './policy.ts'
import type { SharedId } from './shared-data.ts'

/** Timeout of a background refresh, in milliseconds; it has no caller with a deadline. */
const REFRESH_TIMEOUT_MS = 10_000

/**
 * The cached entities of one kind. Requests other than the one that started a load may wait for it, or none at all. So
 * a load uses the signal passed to it, never the signal or deadline of a request.
 */
export class CachedEntities<T> {
  readonly #store: Store
  readonly #kind: EntityKind
  /** Filled and emptied within one synchronous run. */
  readonly #ageing: string[] = []

  constructor(store: Store, kind: EntityKind) {
    this.#store = store
    this.#kind = kind
  }

  /** The tag that purges all entities of this kind. */
  get tag(): string {
    return this.#kind.namespace
  }

  /** The tag that purges one entity. */
  tagOf(id: string): string {
    return tagOf(this.#kind.namespace, id)
  }

  /**
   * One entity; `undefined` when it does not exist.
   * @throws {UpstreamError} `timeout` at the deadline, `cancelled` at the abort; otherwise the error of the load
   */
  get<Id extends string>(
    id: Id & SharedId<Id>,
    load: (signal: AbortSignal) => Promise<T | undefined>,
    patience: Patience = {},
  ): Promise<T | undefined> {
    const kept = this.#look(id, patience.trace)
    const loadOne: LoadMany = async (ids, signal) => {
      const value = await load(signal)
      return new Map(value === undefined ? [] : ids.map((asked) => [asked, value]))
    }
    if (this.#ageing.length > 0) this.#refresh(loadOne)
    // Every value of this kind came from its own loads or was parsed with its schema.
    if (kept) return Promise.resolve(kept.value as T | undefined)
    return this.#load([id], loadOne, patience).then((found) => found.whole().get(id))
  }

  /**
   * Entities by id, those that exist; loads only what is missing, all of it in one call. An entity that the load
   * names as broken is broken here, too, for those who waited for that load; it is not stored.
   * @throws {UpstreamError} `timeout` at the deadline, `cancelled` at the abort; else what the load threw
   */
  getMany<Id extends string>(
    ids: readonly (Id & SharedId<Id>)[],
    loadMissing: (ids: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, T>>,
    patience: Patience = {},
  ): Promise<Rows<T>> {
    return this.#getMany(ids, loadMissing, patience)
  }

  /** The copy still in memory after its grace, for a caller whose load failed. */
  lastResort<Id extends string>(id: Id & SharedId<Id>): T | undefined {
    const entry = this.#store.memory.get(this.#kind.prefix + id)
    // As in `get`: every value of this kind has its type.
    return entry && this.#store.now() < entry.keptUntil ? (entry.value as T | undefined) : undefined
  }

  /**
   * Whether `get` would answer with this very value, at once and without a refresh: it is in memory, fresh, and not
   * near its end. Counts as a hit then.
   */
  isCurrent<Id extends string>(id: Id & SharedId<Id>, value: T, trace?: TraceContext): boolean {
    const { memory, now, name } = this.#store
    const { namespace, prefix } = this.#kind
    const entry = memory.get(prefix + id)
    if (entry?.value !== value || mayRefreshEarly(entry.freshUntil - now(), entry.loadMs)) return false
    emit('hit', name, namespace, 1, undefined, trace)
    return true
  }

  async #getMany(ids: readonly string[], load: LoadMany, patience: Patience): Promise<Rows<T>> {
    const found = new Rows<T>()
    let missing: Set<string> | undefined
    for (const id of ids) {
      const kept = this.#look(id, patience.trace)
      if (!kept) (missing ??= new Set()).add(id)
      else if (kept.value !== undefined) found.set(id, kept.value as T)
    }
    if (this.#ageing.length > 0) this.#refresh(load)
    if (missing) addAll(found, await this.#load([...missing], load, patience))
    return found
  }

  /** Values in memory that may be served; adds those that need a refresh to `#ageing`. */
  #look(id: string, trace?: TraceContext): Entry | undefined {
    const { memory, now, random, name } = this.#store
    const { namespace, prefix } = this.#kind
    const key = prefix + id
    const entry = memory.get(key)
    if (!entry) return undefined
    const at = now()
    const leftMs = entry.freshUntil - at
    const exists = entry.value !== undefined
    if (leftMs > 0) {
      emit(exists ? 'hit' : 'negative', name, namespace, 1, undefined, trace)
      if (exists && refreshesEarly(leftMs, entry.loadMs, random) && this.#note(id, key, entry, at))
        emit('early-refresh', name, namespace)
      return entry
    }
    if (at >= entry.staleUntil) {
      if (at >= entry.keptUntil) memory.delete(key)
      return undefined
    }
    emit('stale', name, namespace, 1, undefined, trace)
    this.#note(id, key, entry, at)
    return entry
  }

  #note(id: string, key: string, entry: Entry, at: number): boolean {
    if (at < entry.retryAt || this.#store.flights.has(key)) return false
    this.#ageing.push(id)
    return true
  }

  #refresh(load: LoadMany): void {
    const { memory, purges, flights } = this.#store
    const batch = new Batch(this.#kind, load, true, flights)
    for (const id of new Set(this.#ageing.splice(0)))
      batch.add(id, purges.now, memory.get(this.#kind.prefix + id))
    const timer = setTimeout(() => batch.cancel('the refresh took too long'), REFRESH_TIMEOUT_MS)
    timer.unref()
    void fill(this.#store, batch).finally(() => clearTimeout(timer))
  }

  async #load(ids: readonly string[], load: LoadMany, patience: Patience): Promise<Rows<T>> {
    const { purges, now } = this.#store
    const arrival = purges.now
    const flights = this.#board(ids, load, arrival, patience.trace)
    const entries = await waitFor(this.#kind.upstream, flights, patience)
    const found = new Rows<T>()
    const outdated: string[] = []
    for (const [i, entry] of entries.entries()) {
      const { id, since } = flights[i] as Flight
      // The load began before a purge of this entity: its value may be outdated for this caller.
      if (since < arrival && purges.purgedSince(entry.tags, since)) outdated.push(id)
      else if (entry.value instanceof BrokenEntity) found.broken.set(id, entry.value.error)
      else if (entry.value !== undefined) {
        found.set(id, entry.value as T)
        // Redis had a stale copy.
        if (now() >= entry.freshUntil) this.#look(id)
      }
    }
    if (this.#ageing.length > 0) this.#refresh(load)
    if (outdated.length > 0) addAll(found, await this.#getMany(outdated, load, patience))
    return found
  }

  /** Joins running loads and starts one for the rest. */
  #board(ids: readonly string[], load: LoadMany, since: number, trace?: TraceContext): Flight[] {
    const { flights, name } = this.#store
    const { prefix, namespace } = this.#kind
    const batch = new Batch(this.#kind, load, false, flights)
    const boarded = ids.map((id) => flights.get(prefix + id) ?? batch.add(id, since))
    const started = batch.flights.length
    if (started < ids.length) emit('coalesced', name, namespace, ids.length - started, undefined, trace)
    if (started > 0) {
      emit('miss', name, namespace, started, undefined, trace)
      void fill(this.#store, batch)
    }
    return boarded
  }
}

function addAll<T>(found: Rows<T>, more: Rows<T>): void {
  for (const [id, value] of more) found.set(id, value)
  for (const [id, error] of more.broken) found.broken.set(id, error)
}
