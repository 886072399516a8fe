import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from './entry.ts'
import type { Batch, Flight } from './flight.ts'
import { BatchLoad, idsOf, type Store } from './load.ts'
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
  const load = new BatchLoad(store, batch)
  try {
    const { shared } = store
    if (shared && !shared.away && batch.kind.policy.tiers === 'memory+redis')
      await new SharedFill(load, shared).run()
    else await load.load(batch.flights)
  } catch (error) {
    for (const flight of batch.flights) if (!flight.settled) flight.fail(error)
  }
}

type Claimed = {
  readonly answered: boolean
  readonly loading: Promise<void>
  readonly loaded: number
  /** What other processes are loading. */
  readonly waiting: readonly Flight[]
}

/** The fill of one batch by all processes of one Redis: each key is loaded by one of them. */
class SharedFill {
  readonly #load: BatchLoad
  readonly #shared: SharedTier

  constructor(load: BatchLoad, shared: SharedTier) {
    this.#load = load
    this.#shared = shared
  }

  async run(): Promise<void> {
    const { kind, flights } = this.#load.batch
    const giveUpAt = performance.now() + REDIS_BUDGET_MS
    const left = () => Math.max(LEAST_REDIS_MS, giveUpAt - performance.now())
    const found = await this.#shared.read(kind, idsOf(flights), left())
    if (!found) return this.#load.load(flights)
    const missing = this.#take(flights, found)
    if (missing.length === 0) return
    const { loading, waiting } = await this.#claimAndLoad(missing, left(), true)
    if (waiting.length > 0) this.#load.emit('followed', waiting.length)
    await Promise.all([loading, this.#follow(waiting)])
  }

  /** Loads keys that no other process is loading; returns the rest. `atOnce`: load even without an answer from Redis. */
  async #claimAndLoad(flights: readonly Flight[], withinMs: number, atOnce: boolean): Promise<Claimed> {
    const { kind } = this.#load.batch
    const claimed = await this.#shared.claim(kind, idsOf(flights), withinMs)
    if (!claimed && !atOnce && !this.#shared.away)
      return { answered: false, loading: Promise.resolve(), loaded: 0, waiting: flights }
    if (!claimed)
      return { answered: false, loading: this.#load.load(flights), loaded: flights.length, waiting: [] }
    const { claim, found } = claimed
    const missing = this.#take(flights, found)
    const mine = missing.filter(({ id }) => claim.won.has(id))
    const needless = [...claim.won].filter((id) => !mine.some((flight) => flight.id === id))
    if (needless.length > 0) this.#shared.release(kind, needless, claim.token)
    const won = new Set(idsOf(mine))
    return {
      answered: true,
      loading: mine.length > 0 ? this.#load.load(mine, { ...claim, won }) : Promise.resolve(),
      loaded: mine.length,
      waiting: missing.filter(({ id }) => !claim.won.has(id)),
    }
  }

  /** Waits for the loads of other processes; takes over those that do not finish. */
  async #follow(flights: readonly Flight[]): Promise<void> {
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
      const next = await this.#claimAndLoad(waiting, REDIS_BUDGET_MS, atOnce)
      unanswered = next.answered ? 0 : unanswered + 1
      if (next.loaded > 0) this.#load.emit('took-over', next.loaded)
      loads.push(next.loading)
      waiting = next.waiting
      if (performance.now() <= giveUpAt || waiting.length === 0) continue
      this.#load.emit('took-over', waiting.length)
      loads.push(this.#load.load(waiting))
      waiting = []
    }
    await Promise.all(loads)
  }

  /**
   * Resolves keys found in Redis and returns the missing ones. A refresh accepts only a newer value than its current
   * one.
   */
  #take(flights: readonly Flight[], found: Found): readonly Flight[] {
    if (found.unreadable > 0) this.#load.emit('unreadable', found.unreadable)
    const { background } = this.#load.batch
    const now = this.#load.store.now()
    const waiting = flights.filter(({ settled }) => !settled)
    const missing = waiting.filter((flight) => {
      const entry = found.entries.get(flight.id)
      if (!entry || now >= entry.staleUntil) return true
      if (background && !(entry.freshUntil > now && isNewer(entry, flight.current))) return true
      this.#load.keep(flight, entry)
      return false
    })
    const taken = waiting.length - missing.length
    if (taken > 0) this.#load.emit('shared-hit', taken)
    return missing
  }
}

/** Compares stamps when both entries have one: a newer entry may expire earlier. */
const isNewer = (entry: Entry, current: Entry | undefined): boolean =>
  !current || (current.stamp ? entry.stamp > current.stamp : entry.freshUntil > current.freshUntil)
