import { useMobile } from '@harbor/rest-mobile-bff/test/mobile'
import { beforeEach, describe, expect, expectTypeOf, it } from 'vitest'
import { type Account, nobody } from './account.ts'
import { type Api, createMobileClient } from './client.ts'
import { KEPT_HEADER } from './etags.ts'
import type { ClientEvent, Send } from './send.ts'
import { memoryStore, type Store } from './store.ts'

const mobile = useMobile({
  minimumVersions: { web: [2, 0, 0] },
  updateUrl: 'https://harbor.example/update',
})

const statuses: number[] = []
const events: ClientEvent[] = []
const waits: number[] = []
let online = true
beforeEach(() => {
  statuses.length = events.length = waits.length = 0
  online = true
})

const toBff: Send = async (url, init) => {
  if (!online) throw new TypeError('no network')
  const answer = await mobile.app.request(url, init)
  statuses.push(answer.status)
  return answer
}

/** Of the demo's customer, whose token does not expire here. */
const ada = (store: Store = memoryStore()): Account => ({
  ...nobody(store),
  subject: 'c1001',
  isLoggedIn: true,
  token: async () => mobile.demo.mobileAccessToken,
})

type Options = Partial<Parameters<typeof createMobileClient>[0]>
const clientOf = (options: Options = {}) =>
  createMobileClient({
    address: 'http://bff',
    account: ada(),
    send: toBff,
    onEvent: (event) => void events.push(event),
    patience: { sleep: async (ms) => void waits.push(ms), random: () => 0 },
    ...options,
  })

describe('the client of the app', () => {
  it('types its answers', async () => {
    const answer = await clientOf().api.v1.products[':id'].$get({ param: { id: 'p1001' } })
    if (!answer.ok) throw new Error('no product')
    const product = await answer.json()
    expectTypeOf(product.inStock).toEqualTypeOf<boolean | null>()
    expect(product.id).toBe('p1001')
  })

  it('reads what has not changed for a 304, over a restart of the app', async () => {
    const store = memoryStore()
    const first = await clientOf({ account: ada(store) }).api.v1.home.$get()
    const second = await clientOf({ account: ada(store) }).api.v1.home.$get()
    expect(statuses).toEqual([200, 304])
    expect(second.status).toBe(200)
    expect(second.headers.get(KEPT_HEADER)).toBe('unchanged')
    expect(second.headers.get('schema-version')).toBe('1')
    expect(await second.json()).toEqual(await first.json())
  })

  it('stores each language by itself', async () => {
    const store = memoryStore()
    await clientOf({ account: ada(store) }).api.v1.home.$get()
    await clientOf({ account: ada(store), locale: 'de' }).api.v1.home.$get()
    expect(statuses).toEqual([200, 200])
  })

  it('stores nothing that must not be stored', async () => {
    const { api } = clientOf()
    await api.v2['checkout-summary'].$get({ query: { cartId: 'k1001' } })
    mobile.mocks.setFault('recommendations', { errorRate: 1 })
    await api.v1.home.$get()
    online = false
    await expect(api.v2['checkout-summary'].$get({ query: { cartId: 'k1001' } })).rejects.toThrow(
      'no network',
    )
    await expect(api.v1.home.$get()).rejects.toThrow('no network')
  })

  it('answers from the store without a network, and says so', async () => {
    const { api } = clientOf()
    const first = await api.v1.products.$get({ query: { limit: 3 } })
    online = false
    const second = await api.v1.products.$get({ query: { limit: 3 } })
    expect(second.headers.get(KEPT_HEADER)).toBe('offline')
    expect(await second.json()).toEqual(await first.json())
    await expect(api.v1.products.$get({ query: { limit: 4 } })).rejects.toThrow('no network')
  })

  it('answers from the store while the server fails, too', async () => {
    let gone = false
    const send: Send = async (url, init) =>
      gone ? new Response('Bad gateway', { status: 502 }) : toBff(url, init)
    const { api } = clientOf({ send })
    const first = await api.v1.home.$get()
    gone = true
    const second = await api.v1.home.$get()
    expect(second.headers.get(KEPT_HEADER)).toBe('offline')
    expect(await second.json()).toEqual(await first.json())
    expect((await api.v1.cart.$get()).status).toBe(502)
  })

  it('retries what is retryable, not before Retry-After', async () => {
    mobile.mocks.setFault('customers', { errorRate: 1 })
    const heal = async (ms: number) => {
      waits.push(ms)
      if (waits.length === 2) mobile.mocks.clearFaults()
    }
    const answer = await clientOf({ patience: { sleep: heal, random: () => 0 } }).api.v1.home.$get()
    expect(waits).toEqual([1000, 1000])
    expect(statuses).toEqual([503, 503, 200])
    expect(answer.ok).toBe(true)
  })

  it('does not retry what is not retryable', async () => {
    const answer = await clientOf().api.v1.products[':id'].$get({ param: { id: 'p999999' } })
    expect(answer.status).toBe(404)
    if (answer.ok) throw new Error('there is no such product')
    expect((await answer.json()).code).toBe('NOT_FOUND')
    expect(waits).toEqual([])
  })

  it('tells the app that it is too old, and where to get a newer one', async () => {
    const { api } = clientOf({ app: 'harbor/1.9.0 (web)' })
    expect((await api.v1.products.$get()).status).toBe(426)
    expect(events).toEqual([{ type: 'app-too-old', updateUrl: 'https://harbor.example/update' }])
  })

  it('tells the app to log in', async () => {
    expect((await clientOf({ account: nobody() }).api.v1.home.$get()).status).toBe(401)
    expect(events).toEqual([{ type: 'unauthenticated' }])
  })

  it('tells the app to start over', async () => {
    const send: Send = async () =>
      Response.json(
        { code: 'START_OVER', status: 410, retryable: false },
        { status: 410, headers: { 'content-type': 'application/problem+json' } },
      )
    await clientOf({ send }).api.v1.home.$get()
    expect(events).toEqual([{ type: 'start-over', url: 'http://bff/v1/home' }])
  })

  it('sends no write before its user is logged in again, and keeps it', async () => {
    const expired: Account = { ...ada(), token: async () => undefined }
    const { later, outbox } = clientOf({ account: expired })
    await later((api) => api.v1.cart.items.$post({ json: { sku: 'S', quantity: 1 } }))
    await outbox.flush()
    expect(statuses).toEqual([])
    expect(events).toContainEqual({ type: 'unauthenticated' })
    expect(await outbox.pending()).toHaveLength(1)
  })

  it('queues one write of a user, and no read', async () => {
    await expect(clientOf().later((api) => api.v1.home.$get())).rejects.toThrow('allowed: one write')
    await expect(clientOf().later(async () => {})).rejects.toThrow('given 0 requests')
    online = false
    const { later, outbox } = clientOf()
    const key = await later((api) => api.v1.cart.items.$post({ json: { sku: 'S', quantity: 1 } }))
    const post = (api: Api) => api.v1.cart.items.$post({ json: { sku: 'S', quantity: 1 } })
    await expect(clientOf({ account: nobody() }).later(post)).rejects.toThrow('given a write of nobody')
    expect(await outbox.pending()).toEqual([
      { key, subject: 'c1001', method: 'POST', path: '/v1/cart/items', body: '{"sku":"S","quantity":1}' },
    ])
  })
})
