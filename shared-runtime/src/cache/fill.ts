import { setTimeout as sleep } from 'node:timers/promises'
import { emit } from './channels.ts'
import type { Entry } from './entry.ts'
import type { Batch, Flight } from './flight.ts'
import { idsOf, keep, load, type Store } from './load.ts'
import type { Found, SharedTier } from './shared-tier.ts'

/** Maximum time of a miss on Redis before it calls the upstream, in milliseconds. */
const REDIS_BUDGET_MS = 40
const LEAST_REDIS_MS = 25
/** How long to wait for another process that renews its lock; then this process loads too. */
const FOLLOW_MS = 1_000
/** Consecutive polls without an answer after which waiting ends. */
const MISSED_POLLS = 2
const POLL_MS = { least: 8, most: 40 }

/** Fetches every key of a batch: from Redis, from the load of another process, or from the upstream. */
export async function fill(store: Store, batch: Batch): Promise<void> {
  try {
    const { shared } = store
    if (shared && !shared.away && batch.kind.policy.tiers === 'memory+redis')
      await fillShared(store, shared, batch)
    else await load(store, batch, batch.flights)
  } catch (error) {
    for (const flight of batch.flights) if (!flight.settled) flight.fail(error)
  }
}

async function fillShared(store: Store, shared: SharedTier, batch: Batch): Promise<void> {
  const { kind } = batch
  const giveUpAt = performance.now() + REDIS_BUDGET_MS
  const left = () => Math.max(LEAST_REDIS_MS, giveUpAt - performance.now())
  const found = await shared.read(kind, idsOf(batch.flights), left())
  if (!found) return load(store, batch, batch.flights)
  const missing = take(store, batch, batch.flights, found)
  if (missing.length === 0) return
  const others = await claimAndLoad(store, shared, batch, missing, left(), true)
  if (others.waiting.length > 0) emit('followed', store.name, kind.namespace, others.waiting.length)
  await Promise.all([others.loading, follow(store, shared, batch, others.waiting)])
}

/** Loads keys that no other process is loading; returns the rest. `atOnce`: load even without an answer from Redis. */
async function claimAndLoad(
  store: Store,
  shared: SharedTier,
  batch: Batch,
  flights: readonly Flight[],
  withinMs: number,
  atOnce: boolean,
): Promise<{ answered: boolean; loading: Promise<void>; loaded: number; waiting: readonly Flight[] }> {
  const claimed = await shared.claim(batch.kind, idsOf(flights), withinMs)
  if (!claimed && !atOnce && !shared.away)
    return { answered: false, loading: Promise.resolve(), loaded: 0, waiting: flights }
  if (!claimed)
    return { answered: false, loading: load(store, batch, flights), loaded: flights.length, waiting: [] }
  const { claim, found } = claimed
  const missing = take(store, batch, flights, found)
  const mine = missing.filter(({ id }) => claim.won.has(id))
  const needless = [...claim.won].filter((id) => !mine.some((flight) => flight.id === id))
  if (needless.length > 0) shared.release(batch.kind, needless, claim.token)
  return {
    answered: true,
    loading:
      mine.length > 0 ? load(store, batch, mine, { ...claim, won: new Set(idsOf(mine)) }) : Promise.resolve(),
    loaded: mine.length,
    waiting: missing.filter(({ id }) => !claim.won.has(id)),
  }
}

/** Waits for the loads of other processes; takes over those that do not finish. */
async function follow(
  store: Store,
  shared: SharedTier,
  batch: Batch,
  flights: readonly Flight[],
): Promise<void> {
  const giveUpAt = performance.now() + FOLLOW_MS
  const loads: Promise<void>[] = []
  let waiting = flights
  let unanswered = 0
  for (let poll = POLL_MS.least; waiting.length > 0; poll = Math.min(poll * 1.5, POLL_MS.most)) {
    await sleep(poll)
    waiting = waiting.filter(({ settled }) => !settled)
    if (waiting.length === 0) break
    // One late answer does not free the lock of the loading process.
    const atOnce = unanswered >= MISSED_POLLS
    const next = await claimAndLoad(store, shared, batch, waiting, REDIS_BUDGET_MS, atOnce)
    unanswered = next.answered ? 0 : unanswered + 1
    if (next.loaded > 0) emit('took-over', store.name, batch.kind.namespace, next.loaded)
    loads.push(next.loading)
    waiting = next.waiting
    if (performance.now() <= giveUpAt || waiting.length === 0) continue
    emit('took-over', store.name, batch.kind.namespace, waiting.length)
    loads.push(load(store, batch, waiting))
    waiting = []
  }
  await Promise.all(loads)
}

/**
 * Resolves keys found in Redis and returns the missing ones. A refresh accepts only a newer value than its current
 * one.
 */
function take(store: Store, batch: Batch, flights: readonly Flight[], found: Found): readonly Flight[] {
  if (found.unreadable > 0) emit('unreadable', store.name, batch.kind.namespace, found.unreadable)
  const now = store.now()
  const waiting = flights.filter(({ settled }) => !settled)
  const missing = waiting.filter((flight) => {
    const entry = found.entries.get(flight.id)
    if (!entry || now >= entry.staleUntil) return true
    if (batch.background && !(entry.freshUntil > now && isNewer(entry, flight.current))) return true
    keep(store, flight, entry)
    return false
  })
  const taken = waiting.length - missing.length
  if (taken > 0) emit('shared-hit', store.name, batch.kind.namespace, taken)
  return missing
}

/** Compares stamps when both entries have one: a newer entry may expire earlier. */
const isNewer = (entry: Entry, current: Entry | undefined): boolean =>
  !current || (current.stamp ? entry.stamp > current.stamp : entry.freshUntil > current.freshUntil)
