import type { Part } from '@harbor/shared-runtime/part'
import type { DomainEvent } from './event.ts'
import { type FollowEvents, followEvents } from './follow-events.ts'
import { GAP_TAGS, tagsOf } from './tags.ts'

/** What a cache has to offer to be kept in step with the domain services. */
export type Purgeable = { invalidate(tags: string[]): Promise<void> }

/** Learns of each event, and of each gap, once the caches have: what it reads then is not older than the event. */
export type EventListener = { onEvent(event: DomainEvent): void; onGap(): void }

/** What `followEvents` and `eventsPart` need to keep caches in step, one after the other, and then to tell listeners. */
export const purging = (
  caches: readonly Purgeable[],
  listeners: readonly EventListener[] = [],
): Pick<FollowEvents, 'apply' | 'onGap'> => {
  const purge = async (tags: string[]) => {
    for (const cache of caches) await cache.invalidate(tags)
  }
  return {
    async apply(event) {
      await purge(tagsOf(event))
      for (const listener of listeners) listener.onEvent(event)
    },
    async onGap() {
      await purge([...GAP_TAGS])
      for (const listener of listeners) listener.onGap()
    },
  }
}

type Options = Omit<FollowEvents, 'signal' | 'onConnection' | 'after' | 'missed'> & {
  name?: string
  /** The last event that was applied before this process, for those who remember it; `undefined`: nobody knows. */
  lastEvent?: () => Promise<string | undefined>
}

export type EventsPart = Part & {
  /** Whether the feed is up: as long as it is not, cached data may be as old as its ttl allows. */
  live(): boolean
}

/**
 * Follows a feed as a part of a process. Start waits for the first connection or its failure, no longer, and the
 * part is never unready: a feed that is down would otherwise take every replica of every BFF out of service.
 * @example
 * eventsPart({ feed: openEventFeed(config), log, ...purging([cache]) })
 */
export function eventsPart({ name = 'events', lastEvent, ...options }: Options): EventsPart {
  const ending = new AbortController()
  let live = false
  let following: Promise<void> = Promise.resolve()

  return {
    name,
    async start() {
      const after = await lastEvent?.().catch(() => undefined)
      const missed = lastEvent !== undefined && after === undefined
      return new Promise((resolve) => {
        const onConnection = (connected: boolean) => {
          live = connected
          resolve(undefined)
        }
        following = followEvents({ ...options, after, missed, onConnection, signal: ending.signal })
      })
    },
    async stop() {
      ending.abort()
      await following
      live = false
    },
    live: () => live,
  }
}
