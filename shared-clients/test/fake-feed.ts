import { type EventFeed, type FeedItem, tooOld, unavailable } from '../src/events/feed.ts'

type EventItem = Extract<FeedItem, { kind: 'event' }>

/**
 * A feed in memory. It holds the last `keep` events, may be cut, be down, repeat what it sent before, and say
 * things that no feed should.
 */
export function fakeFeed({ keep = 1_000 } = {}) {
  const log: EventItem[] = []
  const readers = new Set<{ wake(): void; fail(error: unknown): void }>()
  const asked: (string | undefined)[] = []
  let down = false
  let repeat = 0
  const wake = () => {
    for (const reader of readers) reader.wake()
  }
  const cut = (error: unknown = unavailable('cut')) => {
    for (const reader of readers) reader.fail(error)
  }

  const feed: EventFeed = {
    name: 'fake',
    async *subscribe({ after, signal }) {
      asked.push(after)
      if (down) throw unavailable('down')
      let position = after === undefined ? log.length : Number(after)
      if (position < log.length - keep) throw tooOld(String(position))
      let failure: { error: unknown } | undefined
      let turn = Promise.withResolvers<void>()
      const reader = {
        wake: () => turn.resolve(),
        fail(error: unknown) {
          failure ??= { error }
          turn.resolve()
        },
      }
      const end = () => reader.fail(signal.reason)
      signal.addEventListener('abort', end)
      readers.add(reader)
      try {
        yield { kind: 'alive', id: String(position) }
        position = Math.max(0, position - repeat)
        for (;;) {
          if (failure) throw failure.error
          const item = log[position]
          if (item) {
            position++
            yield item
          } else {
            turn = Promise.withResolvers()
            await turn.promise
          }
        }
      } finally {
        readers.delete(reader)
        signal.removeEventListener('abort', end)
      }
    },
  }

  /** Its id is its place in the log, from 1, unless told. */
  function send(type: string, data: unknown, id = String(log.length + 1)): void {
    log.push({ kind: 'event', id, type, data: typeof data === 'string' ? data : JSON.stringify(data) })
    wake()
  }

  return {
    feed,
    /** From where each connection was asked to go on. */
    asked,
    readers: () => readers.size,
    cut,
    down(is: boolean) {
      down = is
      if (is) cut()
    },
    /** A connection sends that many events again that came before its place. */
    repeat(events: number) {
      repeat = events
    },
    send,
    stock: (sku: string, available: number) =>
      send('stock', { sku, warehouse: 'ber', available, reserved: 0 }),
  }
}
