import type { StockEvent } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { follow } from '@harbor/shared-runtime/follow'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import type { FlagStore } from './flag-store.ts'

/**
 * Follows the stock of all warehouses: from a snapshot or, after an event id, from there.
 * Ends or throws soon after `signal` is aborted; throws `UpstreamError` `conflict` for an id no longer held.
 */
export type StockFeed = (afterEventId: string | undefined, signal: AbortSignal) => AsyncIterable<StockEvent>

/** Heartbeats come every 10 s: without two and a half of them the feed counts as lost. */
const SILENCE_MS = 25_000
/** Devices are served again within 2 s of the feed's return, so no wait is longer than half of that. */
const WAITS = { firstMs: 250, longestMs: 1_000 }

type Options = { feed: StockFeed; store: FlagStore; log: Log }

/**
 * Keeps the flag store filled, as a part of the process: started once the first snapshot is in. A feed that
 * fails or falls silent is resumed after the last event seen, or with a new snapshot.
 */
export function stockFeedPart({ feed, store, log }: Options): Part {
  const ending = new AbortController()
  let lastEventId: string | undefined
  /** Whether everything that this connection missed has arrived: until then a level may be another by now. */
  let caughtUp = false
  let live = false
  let heardAt = 0
  let following: Promise<void> = Promise.resolve()

  return {
    name: 'stock',
    start: () =>
      new Promise((resolve) => {
        store.listen({ live: () => resolve(undefined) })
        following = follow({
          connect,
          take,
          lost,
          signal: ending.signal,
          silenceMs: SILENCE_MS,
          waits: WAITS,
        })
      }),
    stop() {
      ending.abort()
      return following
    },
    unready: () => (store.serving ? undefined : 'the stock of the inventory service is not known'),
  }

  function connect(signal: AbortSignal) {
    caughtUp = false
    heardAt = performance.now()
    if (lastEventId === undefined) store.beginSnapshot()
    return feed(lastEventId, signal)
  }

  function tell(isLive: boolean) {
    if (live === isLive) return
    live = isLive
    if (deviceEvents.feed.hasSubscribers) deviceEvents.feed.publish({ live })
  }

  /** One warning a loss; the failures until the feed is back say the same. */
  function lost(err: unknown, failures: number) {
    tell(false)
    log[failures === 0 ? 'warn' : 'debug']({ err }, 'the stock feed is lost')
    if (lastEventId === undefined || !isTooOld(err)) return
    lastEventId = undefined
    return 'at-once'
  }

  function take(event: StockEvent) {
    const now = performance.now()
    // A process that was suspended finds events, and heartbeats, that have waited: it must not take them for news.
    if (now - heardAt > SILENCE_MS) throw new Error('the process was suspended')
    heardAt = now
    if (event.kind === 'level') store.set(event.warehouse, event.sku, event.available)
    if (event.kind === 'snapshot-end') {
      store.endSnapshot()
      lastEventId = event.eventId
      caughtUp = true
    } else if (lastEventId !== undefined) {
      lastEventId = event.eventId || lastEventId
      caughtUp ||= event.kind === 'heartbeat'
      store.publish()
      if (caughtUp) store.confirm()
    }
    if (caughtUp) tell(true)
  }
}

/** The events after the last one seen are no longer held: only a snapshot brings the store up to date. */
const isTooOld = (error: unknown): boolean => error instanceof UpstreamError && error.code === 'conflict'
