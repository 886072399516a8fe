import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createOutbox } from './outbox.ts'
import type { ClientEvent, Send } from './send.ts'
import { memoryStore, type Store } from './store.ts'

/** What happens to the next try of a write. */
const FATES = ['done', 'request lost', 'answer lost', 'not now', 'in progress'] as const
type Fate = (typeof FATES)[number]

const problem = (status: number, code: string, retryable: boolean) =>
  Response.json({ code, retryable }, { status, headers: { 'content-type': 'application/problem+json' } })

/** A BFF that does each write once by its key, over a network with a fate for each try. */
function serverOf(fates: Fate[]) {
  const applied: string[] = []
  const keys = new Set<string>()
  const send: Send = async (_, { headers, body }) => {
    const fate = fates.shift() ?? 'done'
    if (fate === 'request lost') throw new TypeError('lost')
    if (fate === 'not now') return problem(503, 'UPSTREAM_UNAVAILABLE', true)
    if (fate === 'in progress') return problem(409, 'IN_PROGRESS', true)
    const key = headers.get('idempotency-key') ?? ''
    if (!keys.has(key)) applied.push(body ?? '')
    keys.add(key)
    if (fate === 'answer lost') throw new TypeError('lost')
    return Response.json({ done: body })
  }
  return { send, applied }
}

const outboxOf = (send: Send, store: Store, events: ClientEvent[] = []) =>
  createOutbox({
    address: 'http://bff',
    account: { subject: 'c1', store },
    send,
    headers: () => new Headers(),
    onEvent: (event) => void events.push(event),
  })

const write = (body: string) => ({ method: 'POST', path: '/v1/cart/items', body })

describe('the outbox', () => {
  it('does each write once and in order, whatever is lost, and over restarts of the app', async () => {
    const restarts = fc.array(fc.boolean(), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.constantFrom(...FATES), { maxLength: 30 }),
        restarts,
        async (count, fates, restarted) => {
          const store = memoryStore()
          const { send, applied } = serverOf([...fates])
          let outbox = outboxOf(send, store)
          for (let i = 0; i < count; i++) {
            await outbox.add(write(`write ${i}`))
            if (i % 2 === 0) void outbox.flush()
          }
          for (let i = 0; i < fates.length + 2; i++) {
            if (restarted[i]) outbox = outboxOf(send, store)
            await outbox.flush()
          }
          expect(applied).toEqual(Array.from({ length: count }, (_, i) => `write ${i}`))
          expect(await outbox.pending()).toEqual([])
        },
      ),
      { numRuns: 200 },
    )
  })

  it('drops a write that is refused for good, reports it, and continues with the next', async () => {
    const events: ClientEvent[] = []
    const answers = [problem(422, 'CHECKOUT_REFUSED', false), Response.json({ items: 1 })]
    const outbox = outboxOf(async () => answers.shift() ?? Response.error(), memoryStore(), events)
    const first = await outbox.add(write('first'))
    const second = await outbox.add(write('second'))
    await outbox.flush()
    expect(events).toEqual([
      { type: 'write-refused', key: first, path: '/v1/cart/items', status: 422, code: 'CHECKOUT_REFUSED' },
      { type: 'write-done', key: second, path: '/v1/cart/items', answer: { items: 1 } },
    ])
  })

  it.each([
    [401, 'UNAUTHENTICATED'],
    [426, 'APP_TOO_OLD'],
  ])('keeps a write that is answered %i: it may succeed later', async (status, code) => {
    const outbox = outboxOf(async () => problem(status, code, false), memoryStore())
    await outbox.add(write('one'))
    await outbox.flush()
    expect(await outbox.pending()).toHaveLength(1)
  })

  it('keeps a write that only a gateway has answered: its fate is unknown', async () => {
    const answers = [new Response('Bad gateway', { status: 502 }), Response.json({ items: 1 })]
    const outbox = outboxOf(async () => answers.shift() ?? Response.error(), memoryStore())
    await outbox.add(write('one'))
    await outbox.flush()
    expect(await outbox.pending()).toHaveLength(1)
    await outbox.flush()
    expect(await outbox.pending()).toEqual([])
  })

  it('retries at once when it is asked to while a try fails', async () => {
    let tries = 0
    const outbox = outboxOf(async () => {
      if (++tries > 1) return Response.json({})
      void outbox.flush()
      throw new TypeError('lost')
    }, memoryStore())
    await outbox.add(write('one'))
    void outbox.flush()
    await outbox.idle()
    expect(tries).toBe(2)
    expect(await outbox.pending()).toEqual([])
  })

  it('stores a write and its key before the first try, and no credential', async () => {
    const store = memoryStore()
    const stored: (string | undefined)[] = []
    const keys: (string | null)[] = []
    const send: Send = async (_, { headers }) => {
      keys.push(headers.get('idempotency-key'))
      stored.push(await store.transact((entries) => entries.get('outbox')))
      throw new TypeError('lost')
    }
    const key = await outboxOf(send, store).add(write('one'))
    await outboxOf(send, store).flush()
    await outboxOf(send, store).flush()
    expect(keys).toEqual([key, key])
    expect(JSON.parse(stored[0] ?? '')).toEqual([{ key, subject: 'c1', ...write('one') }])
  })

  it('sends no write of another subject, wherever it comes from', async () => {
    const store = memoryStore()
    const foreign = JSON.stringify([{ key: 'k', subject: 'c2', ...write('of another') }])
    await store.transact((entries) => entries.set('outbox', foreign))
    const { send, applied } = serverOf([])
    await outboxOf(send, store).flush()
    expect(applied).toEqual([])
  })

  it('loses no write that two tabs queue at the same time, and sends each once', async () => {
    const store = memoryStore()
    let inFlight = 0
    const { send, applied } = serverOf([])
    const alone: Send = async (url, init) => {
      expect(++inFlight).toBe(1)
      await new Promise((resolve) => setImmediate(resolve))
      inFlight--
      return send(url, init)
    }
    const tabs = [outboxOf(alone, store), outboxOf(alone, store)]
    const bodies = Array.from({ length: 20 }, (_, i) => `write ${i}`)
    await Promise.all(bodies.map((body, i) => tabs[i % 2]?.add(write(body))))
    await Promise.all(tabs.map((tab) => tab.flush()))
    expect(applied).toEqual(bodies)
  })

  it('starts empty when what was stored cannot be read', async () => {
    const store = memoryStore()
    for (const stored of ['{', '{"a":1}', '[1, null, {"key":"k"}]']) {
      await store.transact((entries) => entries.set('outbox', stored))
      expect(await outboxOf(serverOf([]).send, store).pending()).toEqual([])
    }
  })
})
