import { follow, pause, waitMs } from '@harbor/shared-runtime/follow'
import type { Log } from '@harbor/shared-runtime/log'
import { tell } from './channels.ts'
import { type DomainEvent, isAfter, isEventId, isEventType, parseEvent } from './event.ts'
import { type EventFeed, type FeedItem, isTooOld, tooOld } from './feed.ts'
import { createLanes } from './lanes.ts'
import { within } from './within.ts'

export type FollowEvents = {
  feed: EventFeed
  /** Applies an event. It must stop at its signal, and stand being called again with the same event. */
  apply: (event: DomainEvent, signal: AbortSignal) => Promise<void> | void
  /** Events were missed, nobody knows which: drop all that they could have changed. Called until it succeeds. */
  onGap: (signal: AbortSignal) => Promise<void> | void
  /** Ends everything. */
  signal: AbortSignal
  log: Log
  /** The event after which to go on; what happens from now on when not given. */
  after?: string | undefined
  /** Whether events may have been missed before: `onGap` is called as soon as the feed is up. */
  missed?: boolean
  /** Told of each connection that is up (`true`), and of each that was lost or could not be made (`false`). */
  onConnection?: (connected: boolean) => void
  limits?: Partial<typeof LIMITS>
}

const LIMITS = {
  /** Signs of life come every 10 s or sooner: two missing ones and a half mean that the feed is lost. */
  silenceMs: 25_000,
  /** Wait before a new connection. */
  waits: { firstMs: 250, longestMs: 10_000 },
  /** Events taken and not applied yet; with as many the feed is read no further. */
  pending: 256,
  /** Milliseconds that `apply` and `onGap` may take. */
  applyMs: 5_000,
  /** How often an event is tried before it is skipped, and the wait before it is tried again. */
  attempts: 3,
  applyWaits: { firstMs: 50, longestMs: 1_000 },
}

type EventItem = Extract<FeedItem, { kind: 'event' }>

/**
 * Applies every event of a feed, over as many connections as it takes, until the signal.
 *
 * - At least once, and in order by type and key: a slow event holds up those of its own key only.
 * - A lost connection is taken up again after the last event taken. What was taken is applied meanwhile.
 * - Where that cannot be, `onGap` is called as soon as the feed is up again, and before any later event.
 * - An event that does not parse, or cannot be applied, is logged and skipped: it never stops the feed.
 */
export async function followEvents(options: FollowEvents): Promise<void> {
  const { feed, apply, onGap, signal, log, onConnection = () => {} } = options
  const limits = { ...LIMITS, ...options.limits }
  const lanes = createLanes(limits.pending)
  /** The id of the last event taken, or from which a new feed goes on. */
  let position = options.after
  let gap = options.missed ?? false
  /** Nothing was followed before: that events were missed is no news then. */
  let isNew = gap
  let connected = false

  await follow<FeedItem>({
    connect: (attempt) => feed.subscribe({ after: position, signal: attempt }),
    take: (item) => (connected ? take(item) : connect().then(() => take(item))),
    lost,
    signal,
    silenceMs: limits.silenceMs,
    waits: limits.waits,
  })

  function lost(error: unknown, failures: number): 'at-once' | undefined {
    tell('lost', () => ({ feed: feed.name, error, failures }))
    // One warning a loss; what follows until the feed is back says the same.
    log[failures === 0 ? 'warn' : 'debug']({ err: error, feed: feed.name }, 'the event feed is lost')
    connected = false
    onConnection(false)
    const startAnew = position !== undefined && isTooOld(error)
    if (startAnew) position = undefined
    // Without a position nobody can say what was missed: before the first connection, too.
    if (position === undefined) gap = true
    return startAnew ? 'at-once' : undefined
  }

  /** A connection is up. Only now can a gap be closed: nothing that happens after the purge will be missed. */
  async function connect(): Promise<void> {
    if (gap) {
      await lanes.idle()
      log[isNew ? 'info' : 'warn'](
        { feed: feed.name },
        'events were missed: all that they could have changed is dropped',
      )
      tell('gap', () => ({ feed: feed.name }))
      await within(limits.applyMs, signal, onGap)
      gap = false
    }
    isNew = false
    connected = true
    tell('connected', () => ({ feed: feed.name, after: position }))
    onConnection(true)
  }

  function take(item: FeedItem): Promise<void> | undefined {
    if (item.kind === 'event') return takeEvent(item)
    if (item.id === undefined || !isEventId(item.id)) return
    // A feed that goes on from an earlier place than ours has another history.
    if (position !== undefined && isAfter(position, item.id)) throw tooOld(position)
    position = item.id
  }

  function takeEvent({ id, type, data }: EventItem): Promise<void> | undefined {
    const about = () => ({ feed: feed.name, id, type })
    // Without a place of its own it cannot be told from one that was applied.
    if (!isEventId(id)) return skip(about(), 'parse', new TypeError('not the id of an event'))
    if (position !== undefined && !isAfter(id, position)) return void tell('repeated', about)
    position = id
    if (!isEventType(type)) return void tell('ignored', about)
    let event: DomainEvent
    try {
      event = parseEvent(id, type, data)
    } catch (error) {
      return skip(about(), 'parse', error)
    }
    return lanes.add(`${type}:${event.key}`, () => applyOrSkip(event))
  }

  async function applyOrSkip(event: DomainEvent): Promise<void> {
    const { id, type } = event
    const start = performance.now()
    for (let attempt = 1; ; attempt++) {
      try {
        await within(limits.applyMs, signal, (own) => apply(event, own))
        const ms = performance.now() - start
        return tell('applied', () => ({ feed: feed.name, id, type, attempts: attempt, ms }))
      } catch (error) {
        if (signal.aborted) return
        if (attempt >= limits.attempts) return skip({ feed: feed.name, id, type }, 'apply', error)
        await pause(waitMs(attempt - 1, limits.applyWaits), signal)
      }
    }
  }

  function skip(
    about: { feed: string; id: string; type: string },
    reason: 'parse' | 'apply',
    error: unknown,
  ) {
    log.error({ ...about, reason, err: error }, 'an event is skipped')
    tell('skipped', () => ({ ...about, reason, error }))
    return undefined
  }
}
