import { type DomainEvent, type EventListener, isAfter } from '@harbor/shared-clients'

/** What a subscription is about: a kind of event and the entity that changed. */
type Topic = `${DomainEvent['type']}:${string}` | `customer-order:${string}`

/** Domain events of this process, for whoever waits for a change of some topics. */
export type Hub = EventListener & {
  /**
   * Signals of changes, from this call on: one as soon as anything about a topic has changed since the last signal was
   * taken, however often. `return()` ends it.
   */
  changes(topics: readonly Topic[]): AsyncIterableIterator<object, undefined>
  /** The last event that was applied; `undefined` before the first. */
  position(): string | undefined
  /** Resolves once an event, or a later one, has been applied, after `ms` at the latest. */
  reached(id: string, ms: number): Promise<void>
  /** How many topics are watched. */
  readonly watched: number
}

/** Topics of an event. A customer's order is known by its number, which the event does not have. */
const topicsOf = (event: DomainEvent): Topic[] => [
  `${event.type}:${event.key}`,
  ...(event.type === 'order' ? [`customer-order:${event.data.customerId}` as const] : []),
]

const CHANGED = {}

export function createHub(): Hub {
  const watchers = new Map<Topic, Set<() => void>>()
  const waiting = new Set<{ id: string; resolve: () => void }>()
  let position: string | undefined

  const isReached = (id: string) => position !== undefined && !isAfter(id, position)

  return {
    onEvent(event) {
      if (!isReached(event.id)) position = event.id
      for (const topic of topicsOf(event)) for (const mark of watchers.get(topic) ?? []) mark()
      for (const one of waiting) if (isReached(one.id)) one.resolve()
    },
    onGap() {
      for (const marks of watchers.values()) for (const mark of marks) mark()
    },
    changes(topics) {
      let changed = false
      let ended = false
      let wake = () => {}
      const mark = () => {
        changed = true
        wake()
      }
      for (const topic of topics) watchers.set(topic, (watchers.get(topic) ?? new Set()).add(mark))
      return {
        async next() {
          while (!changed && !ended)
            await new Promise<void>((resolve) => {
              wake = resolve
            })
          changed = false
          return ended ? { done: true, value: undefined } : { done: false, value: CHANGED }
        },
        async return() {
          ended = true
          wake()
          for (const topic of topics) {
            const marks = watchers.get(topic)
            marks?.delete(mark)
            if (marks?.size === 0) watchers.delete(topic)
          }
          return { done: true, value: undefined }
        },
        [Symbol.asyncIterator]() {
          return this
        },
      }
    },
    position: () => position,
    async reached(id, ms) {
      // A process that is new has nothing of the time before.
      if (position === undefined || isReached(id)) return
      const { promise, resolve } = Promise.withResolvers<void>()
      const one = { id, resolve }
      waiting.add(one)
      const timer = setTimeout(resolve, ms)
      await promise
      clearTimeout(timer)
      waiting.delete(one)
    },
    get watched() {
      return watchers.size
    },
  }
}
