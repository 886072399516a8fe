import { createLog } from '@harbor/shared-runtime/log'
import { onTestFinished } from 'vitest'
import type { DomainEvent } from '../src/events/event.ts'
import type { EventFeed } from '../src/events/feed.ts'
import { type FollowEvents, followEvents } from '../src/events/follow-events.ts'

/** Follows a feed until the end of the test, and keeps what happened. */
export function following(
  feed: EventFeed,
  { apply, onGap, limits }: Partial<Pick<FollowEvents, 'apply' | 'onGap' | 'limits'>> = {},
) {
  const ending = new AbortController()
  const events: DomainEvent[] = []
  /** `up`, `down`, `gap`, in the order in which they came. */
  const said: string[] = []
  const done = followEvents({
    feed,
    log: createLog('test', 'silent'),
    signal: ending.signal,
    onConnection: (connected) => void said.push(connected ? 'up' : 'down'),
    async onGap(signal) {
      await onGap?.(signal)
      said.push('gap')
    },
    async apply(event, signal) {
      await apply?.(event, signal)
      events.push(event)
    },
    limits: { waits: { firstMs: 5, longestMs: 50 }, applyWaits: { firstMs: 1, longestMs: 2 }, ...limits },
  })
  const stop = async () => {
    ending.abort()
    await done
  }
  onTestFinished(stop)
  const count = (word: string) => said.filter((one) => one === word).length
  return { events, said, count, stop, ids: () => events.map(({ id }) => id) }
}
