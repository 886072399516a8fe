import type { StockEvent } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
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
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

type Options = { feed: StockFeed; store: FlagStore; log: Log }

/**
 * Keeps the flag store filled, as a part of the process: started once the first snapshot is in. A feed that
 * fails or falls silent is taken up again after the last event seen, or with a new snapshot.
 */
export function stockFeedPart({ feed, store, log }: Options): Part {
  const ending = new AbortController()
  let lastEventId: string | undefined
  let following: Promise<void> = Promise.resolve()
  let failures = 0

  return {
    name: 'stock',
    start: () =>
      new Promise((resolve) => {
        store.listen({ live: () => resolve(undefined) })
        following = follow()
      }),
    stop() {
      ending.abort()
      return following
    },
    unready: () => (store.serving ? undefined : 'the stock of the inventory service is not known'),
  }

  async function follow() {
    while (!ending.signal.aborted) {
      try {
        await followOnce()
        lost(new Error('the inventory service ended the stock feed'))
      } catch (error) {
        if (ending.signal.aborted) return
        lost(error)
        if (lastEventId !== undefined && isTooOld(error)) {
          lastEventId = undefined
          continue
        }
      }
      await pause(backoffMs(failures++), ending.signal)
    }
  }

  /** One warning a loss; what follows until the feed is back says the same. */
  function lost(err: unknown) {
    log[failures === 0 ? 'warn' : 'debug']({ err }, 'the stock feed is lost')
  }

  /** One connection to the feed, for as long as it lasts. */
  async function followOnce() {
    const attempt = new AbortController()
    const end = () => attempt.abort()
    const silence = setTimeout(() => attempt.abort(new Error('the stock feed is silent')), SILENCE_MS)
    ending.signal.addEventListener('abort', end, { once: true })
    try {
      if (lastEventId === undefined) store.beginSnapshot()
      for await (const event of feed(lastEventId, attempt.signal)) {
        silence.refresh()
        failures = 0
        take(event)
      }
      attempt.signal.throwIfAborted()
    } finally {
      clearTimeout(silence)
      ending.signal.removeEventListener('abort', end)
      attempt.abort()
    }
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

/** Full jitter: replicas that lost the feed together do not come back together. */
const backoffMs = (failures: number): number =>
  Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures)

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
  })
}
