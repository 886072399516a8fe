import { isTimeUp, TimeUp, UpstreamError } from '../errors/errors.ts'
import type { TraceContext } from '../request/trace.ts'
import type { Entry } from './entry.ts'
import type { EntityKind } from './kind.ts'

/** Loads what is missing; what it does not name does not exist, unless it is among the broken of `Rows`. */
export type LoadMany = (ids: readonly string[], signal: AbortSignal) => Promise<ReadonlyMap<string, unknown>>

/** One key being loaded, and its waiting callers. */
export type Flight = {
  readonly id: string
  readonly key: string
  /** Position in the purge log when the load began. */
  readonly since: number
  /** The cached entry, for a refresh. */
  readonly current: Entry | undefined
  readonly batch: Batch
  readonly entry: Promise<Entry>
  settled: boolean
  settle(entry: Entry): void
  fail(error: unknown): void
}

/** Keys that were missing together and are loaded together. The load is cancelled when no caller waits any more. */
export class Batch {
  readonly kind: EntityKind
  readonly load: LoadMany
  /** A refresh: continues without waiting callers. */
  readonly background: boolean
  readonly flights: Flight[] = []
  readonly #all: Map<string, Flight>
  readonly #controller = new AbortController()
  #waiting = 0

  constructor(kind: EntityKind, load: LoadMany, background: boolean, all: Map<string, Flight>) {
    this.kind = kind
    this.load = load
    this.background = background
    this.#all = all
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Adds a key; later callers find it in `all`. */
  add(id: string, since: number, current?: Entry): Flight {
    const key = this.kind.prefix + id
    const { promise, resolve, reject } = Promise.withResolvers<Entry>()
    promise.catch(() => {}) // there may be no waiting caller
    const end = () => {
      flight.settled = true
      if (this.#all.get(key) === flight) this.#all.delete(key)
    }
    const flight: Flight = {
      id,
      key,
      since,
      current,
      batch: this,
      entry: promise,
      settled: false,
      settle(entry) {
        end()
        resolve(entry)
      },
      fail(error) {
        end()
        reject(error)
      },
    }
    this.flights.push(flight)
    this.#all.set(key, flight)
    return flight
  }

  join(): void {
    this.#waiting++
  }

  /** Ends the wait of one caller. @param why the reason, unless the entries arrived */
  leave(why?: UpstreamError): void {
    if (--this.#waiting > 0 || this.background) return
    const text = 'no caller waits for it any more'
    // The upstream has used up all the time that the last caller allowed.
    this.cancel(why && isTimeUp(why) ? new TimeUp(this.kind.upstream, text, { cause: why }) : text)
  }

  cancel(why: string | TimeUp): void {
    if (this.flights.every(({ settled }) => settled)) return
    const error = typeof why === 'string' ? new UpstreamError(this.kind.upstream, 'cancelled', why) : why
    // A new caller starts a new load instead of joining the abandoned one.
    for (const flight of this.flights) if (!flight.settled) flight.fail(error)
    this.#controller.abort(error)
  }
}

/** Maximum delay of a Node timer; a longer one would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1
/** Timers for the same instant fire up to this many milliseconds apart. */
const TIMER_MS = 2

/** How long a caller waits. */
export type Patience = {
  /** Its abort ends the wait of this caller only. */
  readonly signal?: AbortSignal | undefined
  /** Instant of `performance.now()`. */
  readonly deadline?: number | undefined
  /** The request that waits, for events. */
  readonly trace?: TraceContext | undefined
}

/**
 * The entries of flights, in their order.
 * @throws {UpstreamError} `timeout` at the deadline, `cancelled` at the abort; otherwise the error of the load
 */
export async function waitFor(
  upstream: string,
  flights: readonly Flight[],
  { signal, deadline = Number.POSITIVE_INFINITY }: Patience,
): Promise<Entry[]> {
  for (const { batch } of flights) batch.join()
  const { promise: ended, reject } = Promise.withResolvers<never>()
  let why: UpstreamError | undefined
  const end = (error: UpstreamError) => {
    why ??= error
    reject(error)
  }
  const atDeadline = () => end(new TimeUp(upstream, 'not in the cache by the deadline'))
  const onAbort = () => {
    // Timers for one instant fire in any order: the deadline of the request may fire before the timer below.
    if (isTimeUp(signal?.reason) || performance.now() >= deadline - TIMER_MS) return atDeadline()
    end(new UpstreamError(upstream, 'cancelled', 'the caller went away', { cause: signal?.reason }))
  }
  const timer = Number.isFinite(deadline)
    ? setTimeout(atDeadline, Math.min(Math.max(0, deadline - performance.now()), MAX_TIMER_MS))
    : undefined
  if (signal?.aborted) onAbort()
  else signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([Promise.all(flights.map(({ entry }) => entry)), ended])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    for (const { batch } of flights) batch.leave(why)
  }
}
