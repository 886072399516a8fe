import type { StockEvent } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { follow } from '@harbor/shared-runtime/follow'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import type { FlagStore } from './flag-store.ts'

/**
 * Follows the stock of all warehouses: from a snapshot or, after an event id, from there.
 * Ends or throws soon after `signal` is aborted; throws `UpstreamError` `conflict` for an id no longer held.
 */
export type StockFeed = (afterEventId: string | undefined, signal: AbortSignal) => AsyncIterable<StockEvent>

/** Heartbeats come every 10 s: two missing ones and a half mean that the feed is lost. */
const SILENCE_MS = 25_000

type Options = { feed: StockFeed; store: FlagStore; log: Log }

/**
 * Keeps the flag store filled, as a part of the process: started once the first snapshot is in. A feed that
 * fails or falls silent is taken up again after the last event seen, or with a new snapshot.
 */
export function stockFeedPart({ feed, store, log }: Options): Part {
  const ending = new AbortController()
  let lastEventId: string | undefined
  let following: Promise<void> = Promise.resolve()

  return {
    name: 'stock',
    start: () =>
      new Promise((resolve) => {
        store.listen({ live: () => resolve(undefined) })
        following = follow({ connect, take, lost, signal: ending.signal, silenceMs: SILENCE_MS })
      }),
    stop() {
      ending.abort()
      return following
    },
    unready: () => (store.serving ? undefined : 'the stock of the inventory service is not known'),
  }

  function connect(signal: AbortSignal) {
    if (lastEventId === undefined) store.beginSnapshot()
    return feed(lastEventId, signal)
  }

  /** One warning a loss; what follows until the feed is back says the same. */
  function lost(err: unknown, failures: number) {
    log[failures === 0 ? 'warn' : 'debug']({ err }, 'the stock feed is lost')
    if (lastEventId === undefined || !isTooOld(err)) return
    lastEventId = undefined
    return 'at-once'
  }

  function take(event: StockEvent) {
    if (event.kind === 'level') store.set(event.warehouse, event.sku, event.available)
    if (event.kind === 'snapshot-end') {
      store.endSnapshot()
      lastEventId = event.eventId
    } else if (lastEventId !== undefined) {
      // Within a snapshot nothing is confirmed: a level that is still to come may be another by now.
      lastEventId = event.eventId || lastEventId
      store.publish()
      store.confirm()
    }
  }
}

/** The events after the last one seen are no longer held: only a snapshot brings the store up to date. */
const isTooOld = (error: unknown): boolean => error instanceof UpstreamError && error.code === 'conflict'
