import type { DomainEvent } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import { readEvents } from '@harbor/shared-testing/event-stream'
import { schema } from '../src/schema/index.ts'
import { createHub } from '../src/subscriptions/hub.ts'
import { createSubscriptions } from '../src/subscriptions/index.ts'
import type { SubscriptionLimits } from '../src/subscriptions/seats.ts'
import { at, order } from './fake-rows.ts'
import { fakeUpstreams, list, rows } from './fake-upstreams.ts'
import { CSRF, HASHES, testApp } from './test-app.ts'
import { testSession } from './test-session.ts'

type Asked = { as?: string; cookie?: string; headers?: Record<string, string> }
type EventData<T> = Extract<DomainEvent, { type: T }>['data']

/** Domain services whose state can be changed, with the events that say so, and processes of the BFF over them. */
export function liveWorld() {
  const now = { available: 0, unread: 7, status: 'PICKING', isStockDown: false, isCatalogDown: false }
  const down = (upstream: string) => new UpstreamError(upstream, 'unavailable', 'down')
  const { clients, calls, contexts } = fakeUpstreams({
    answering: {
      inventory: {
        stock: async (skus) => {
          if (now.isStockDown) throw down('inventory')
          const warehouses = [{ warehouse: 'ber', available: now.available, reserved: 0 }]
          return rows(skus, (sku) => ({ sku, warehouses }))
        },
      },
      notifications: { ofCustomer: async () => ({ ...list([]), unreadCount: now.unread }) },
      orders: {
        ofCustomer: async (_, { number = '' }) => ({
          ...list(number === 'HC-2026-1' ? [{ ...order(1, 1), number, status: now.status }] : []),
          nextCursor: null,
          totalCount: 1,
        }),
      },
    },
  })
  const upstreams = { clients, calls, contexts }
  const session = testSession()
  let nextId = 1_000
  const event = <T extends DomainEvent['type']>(type: T, key: string, data: EventData<T>) =>
    ({ type, id: String(nextId++), key, data }) as Extract<DomainEvent, { type: T }>

  /** One process: what it hears of the feed, and its streams. */
  function start(limits?: SubscriptionLimits) {
    const hub = createHub()
    const subscriptions = createSubscriptions({
      schema,
      hub,
      clients,
      recall: session.boundary.recallViewer,
      budgetMs: 5_000,
      log: createLog('test', 'silent'),
      ...(limits && { limits }),
    })
    // A busy machine costs no request its answer.
    const budgetMs = 10_000
    const { app } = testApp({ upstreams, hub, subscriptions, session: session.boundary, budgetMs })

    const ask = async (name: string, variables: object, { as, cookie, headers }: Asked = {}) =>
      app.request('/graphql', {
        method: 'POST',
        headers: {
          ...CSRF,
          accept: 'text/event-stream',
          'content-type': 'application/json',
          ...(as !== undefined && { cookie: await session.cookieOf(as) }),
          ...(cookie !== undefined && { cookie }),
          ...headers,
        },
        body: JSON.stringify({ documentId: `sha256:${HASHES[name]}`, variables }),
      })
    return {
      app,
      hub,
      ask,
      part: subscriptions.part,
      details: () => subscriptions.part.details?.(),
      async subscribe(...asked: Parameters<typeof ask>) {
        const answer = await ask(...asked)
        if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
        return readEvents(answer)
      },
      /** Subscribes to `p1001`, with the last id of a connection before. */
      watchStock(lastId?: string) {
        const headers = lastId === undefined ? {} : { 'last-event-id': lastId }
        return this.subscribe('LiveProduct', { id: 'p1001' }, { headers })
      },
    }
  }

  return {
    calls,
    contexts,
    session,
    start,
    now,
    /** Sets the stock of every SKU; the event says so of `p1001`. */
    setStock(available: number) {
      now.available = available
      return event('stock', 'HB-1001', { sku: 'HB-1001', warehouse: 'ber', available, reserved: 0 })
    },
    setUnread(unreadCount: number, customerId = 'c1001') {
      now.unread = unreadCount
      return event('inbox', customerId, { customerId, unreadCount })
    },
    setStatus(status: string) {
      now.status = status
      return event('order', 'o1', { id: 'o1', customerId: 'c1001', status, at })
    },
  }
}
