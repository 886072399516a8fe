import type { UpstreamError } from '../errors/errors.ts'
import { Rows } from '../request/rows.ts'
import { emit } from './channels.ts'
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

/** Calls the upstream. With a claim, the result is also written to Redis. */
export async function load(
  store: Store,
  batch: Batch,
  flights: readonly Flight[],
  claim?: Claim,
): Promise<void> {
  const { kind } = batch
  const { shared } = store
  const waiting = flights.filter(({ settled }) => !settled)
  if (waiting.length === 0) {
    if (claim) shared?.release(kind, claim.won, claim.token)
    return
  }
  // A load without waiting callers that ignores its abort must not block others.
  const renew = () => claim && !batch.signal.aborted && shared?.renew(kind, claim)
  const renewing = claim && setInterval(renew, RENEW_MS)
  const started = store.now()
  try {
    const values = await batch.load(idsOf(waiting), batch.signal)
    const loadMs = store.now() - started
    emit('load', store.name, kind.namespace, waiting.length, { ms: loadMs })
    const loaded = new Map<string, Fresh>()
    const broken = values instanceof Rows ? values.broken : NONE_BROKEN
    for (const flight of waiting) {
      const error = broken.get(flight.id)
      if (error) {
        settleBroken(store, batch, flight, error)
        continue
      }
      const fresh = newEntry(store, batch, flight.id, values.get(flight.id), loadMs, claim?.stamp ?? '')
      if (fresh.lifeMs > 0) loaded.set(flight.id, fresh)
      keep(store, flight, fresh.entry)
    }
    if (!claim) return
    shared?.store(kind, loaded, claim)
    shared?.release(
      kind,
      [...claim.won].filter((id) => !loaded.has(id)),
      claim.token,
    )
  } catch (error) {
    if (claim) shared?.release(kind, claim.won, claim.token)
    if (!batch.signal.aborted) failed(store, batch, waiting, error)
    for (const flight of waiting) if (!flight.settled) flight.fail(error)
  } finally {
    clearInterval(renewing)
  }
}

const NONE_BROKEN: ReadonlyMap<string, UpstreamError> = new Map()

/** Tells those who wait, and stores nothing: what a refresh was to replace stays. */
function settleBroken(store: Store, batch: Batch, flight: Flight, error: UpstreamError): void {
  failed(store, batch, [flight], error)
  if (!flight.settled) flight.settle({ ...UNSTORED, value: new BrokenEntity(error) })
}

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

function failed(store: Store, batch: Batch, flights: readonly Flight[], error: unknown): void {
  const name = batch.background ? 'refresh-error' : 'load-error'
  emit(name, store.name, batch.kind.namespace, flights.length, { error })
  for (const { current } of flights) if (current) current.retryAt = store.now() + RETRY_REFRESH_MS
}

function newEntry(
  store: Store,
  { kind }: Batch,
  id: string,
  value: unknown,
  loadMs: number,
  stamp: string,
): Fresh {
  const exists = value !== undefined
  const now = store.now()
  const forgotten = !exists && kind.policy.negativeTtlMs === 0
  const { freshMs, lifeMs } = forgotten
    ? { freshMs: 0, lifeMs: 0 }
    : lifeOf(kind.policy, exists, store.random)
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

/** Stores an entry unless it was purged during its load; then only the waiting callers get it. */
export function keep(store: Store, flight: Flight, entry: Entry): void {
  // Abandoned meanwhile: another load may have stored a newer value.
  if (flight.settled) return
  if (store.purges.purgedSince(entry.tags, flight.since))
    emit('fenced', store.name, flight.batch.kind.namespace)
  else if (entry.staleUntil > store.now()) store.memory.set(flight.key, entry)
  flight.settle(entry)
}

export const idsOf = (flights: readonly Flight[]) => flights.map(({ id }) => id)
