import type { StockEvent } from '@harbor/shared-clients'
import type { StockFeed } from '../src/stock/stock-feed.ts'

/** A connection that was made to the fake feed. */
export type Connection = {
  readonly afterEventId: string | undefined
  readonly signal: AbortSignal
  send(...events: StockEvent[]): void
  fail(error: unknown): void
}

/** A stock feed that says what a test tells it to; `connections` are all that were made, in order. */
export function fakeFeed() {
  const connections: Connection[] = []
  const feed: StockFeed = (afterEventId, signal) => {
    const queue = new ReadableStream<StockEvent>({
      start(controller) {
        signal.addEventListener('abort', () => controller.error(signal.reason), { once: true })
        connections.push({
          afterEventId,
          signal,
          send: (...events) => {
            for (const event of events) controller.enqueue(event)
          },
          fail: (error) => controller.error(error),
        })
      },
    })
    return queue
  }
  return {
    feed,
    connections,
    /** Waits for the connection of that number, from 0. */
    async connection(index = 0): Promise<Connection> {
      for (;;) {
        const connection = connections[index]
        if (connection) return connection
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
  }
}

export const level = (warehouse: string, sku: string, available: number, eventId = ''): StockEvent => ({
  kind: 'level',
  warehouse,
  sku,
  available,
  eventId,
})
export const snapshotEnd = (eventId: string): StockEvent => ({ kind: 'snapshot-end', eventId })
export const heartbeat = (eventId: string): StockEvent => ({ kind: 'heartbeat', eventId })
