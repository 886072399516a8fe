import { setTimeout as sleep } from 'node:timers/promises'

const EVENT_TYPES = ['stock', 'price', 'product', 'order', 'notification', 'inbox'] as const
export type EventType = (typeof EVENT_TYPES)[number]

export type DomainEvent = { id: string; type: EventType; data: Record<string, unknown> }

/** What a follower gets: an event, or a sign of life when there was none for a while. */
export type FeedItem = DomainEvent | { heartbeat: true; id: string }

/** The id that a reader wants to go on from is not held any more, or is of another run of the process. */
export class NotHeldError extends Error {
  constructor(id: string) {
    super(`event ${id} is not held: read the present state, then follow from there`)
  }
}

export type EventLog = ReturnType<typeof createEventLog>

/**
 * The ordered log of what changed. An id is the millisecond of the start with a running number behind it:
 * decimal, growing, and never one of an earlier run's.
 */
export function createEventLog({ keep = 10_000, bootAt = Date.now() } = {}) {
  const base = BigInt(bootAt) * 1_000_000n
  const ring: DomainEvent[] = []
  let last = 0
  let waiters = new Set<() => void>()

  const idOf = (n: number) => String(base + BigInt(n))

  /** @throws {NotHeldError} */
  function positionOf(id: string): number {
    const position = /^\d{1,25}$/.test(id) ? Number(BigInt(id) - base) : Number.NaN
    // The event before the oldest one held is good enough: nothing after it is missing.
    if (!(position >= Math.max(0, last - keep) && position <= last)) throw new NotHeldError(id)
    return position
  }

  function publish(type: EventType, data: Record<string, unknown>): DomainEvent {
    const event = { id: idOf(++last), type, data }
    ring[last % keep] = event
    const woken = waiters
    waiters = new Set()
    for (const wake of woken) wake()
    return event
  }

  async function arrival(ms: number, signal: AbortSignal): Promise<'event' | 'quiet'> {
    const waiting = new AbortController()
    const stop = () => waiting.abort()
    signal.addEventListener('abort', stop, { once: true })
    waiters.add(stop)
    try {
      return await sleep(ms, 'quiet' as const, { signal: waiting.signal }).catch(() => 'event' as const)
    } finally {
      waiters.delete(stop)
      signal.removeEventListener('abort', stop)
    }
  }

  return {
    publish,
    lastId: () => idOf(last),
    /** @throws {NotHeldError} when reading cannot go on after this id without a gap */
    requireHeld: (id: string): void => void positionOf(id),
    /**
     * All events after one, as they come, until the signal; a heartbeat after each `heartbeatMs` without one and,
     * with `heartbeatFirst`, once all events so far have been read.
     * @throws {NotHeldError} at once, or later when the reader is so slow that events were dropped
     */
    async *follow(
      after: string,
      {
        signal,
        heartbeatMs = 10_000,
        heartbeatFirst = false,
      }: { signal: AbortSignal; heartbeatMs?: number; heartbeatFirst?: boolean },
    ): AsyncGenerator<FeedItem> {
      let position = positionOf(after)
      let isDue = heartbeatFirst
      while (!signal.aborted) {
        if (position < last) {
          if (position < last - keep) throw new NotHeldError(idOf(position))
          yield ring[++position % keep] as DomainEvent
        } else if (isDue) {
          isDue = false
          yield { heartbeat: true, id: idOf(position) }
        } else if ((await arrival(heartbeatMs, signal)) === 'quiet' && !signal.aborted) {
          yield { heartbeat: true, id: idOf(position) }
        }
      }
    },
  }
}
