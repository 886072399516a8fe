import { afterEach, expect, test, vi } from 'vitest'
import { liveWorld } from '../../test/live-world.ts'
import { CSRF, HASHES } from '../../test/test-app.ts'
import { grantFor } from '../../test/test-session.ts'
import { userGroup } from '../session/sessions.ts'

const until = { timeout: 5_000, interval: 5 }
const stockData = (available: number) => ({
  data: { stockChanged: expect.objectContaining({ stock: [{ warehouse: 'BERLIN', available }] }) },
})
const settled = () => new Promise((resolve) => setTimeout(resolve, 150))

afterEach(() => {
  vi.useRealTimers()
})

test('the present state comes first, then each change; a change is one call, however many read', async () => {
  const world = liveWorld()
  const { hub, watchStock, subscribe, details } = world.start()
  const readers = [await watchStock.call({ subscribe })]
  for (let i = 0; i < 19; i++) readers.push(await subscribe('LiveProduct', { id: 'p1001' }))
  await vi.waitFor(() => expect(readers.every(({ data }) => data.length === 1)).toBe(true), until)
  expect(readers[7]?.data).toEqual([stockData(0)])
  expect(world.calls).toEqual({ 'catalog.byIds': 2, 'inventory.stock': 1, 'pricing.prices': 1 })

  hub.onEvent(world.setStock(4))
  await vi.waitFor(() => expect(readers.every(({ data }) => data.length === 2)).toBe(true), until)
  expect(readers[19]?.data[1]).toEqual(stockData(4))
  expect(world.calls['inventory.stock']).toBe(2)
  expect(details()).toEqual({ readers: 20, states: 1, topics: 3 })

  for (const { leave } of readers) await leave()
  expect(details()).toEqual({ readers: 0, states: 0, topics: 0 })
})

test('it is asked by GET, too', async () => {
  const { app } = liveWorld().start()
  const query = new URLSearchParams({
    documentId: `sha256:${HASHES.LiveProduct}`,
    variables: '{"id":"p1001"}',
  })
  const answer = await app.request(`/graphql?${query}`, { headers: { ...CSRF, accept: 'text/event-stream' } })
  expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
    200,
    'text/event-stream',
    'no-store',
  ])
  await answer.body?.cancel()
})

test('a state is read for itself: no call that is under way is joined', async () => {
  const world = liveWorld()
  await world.start().watchStock()
  expect(world.contexts.at(-1)?.alone).toBe(true)
})

test('who comes back with the last id gets what has changed, and nothing that it has', async () => {
  const world = liveWorld()
  const one = world.start()
  const before = await one.watchStock()
  await vi.waitFor(() => expect(before.data).toEqual([stockData(0)]), until)
  await before.leave()
  // Another process, with no memory of the first.
  const other = world.start()
  const same = await other.watchStock(before.lastId)
  await settled()
  expect(same.data).toEqual([])
  other.hub.onEvent(world.setStock(5))
  await vi.waitFor(() => expect(same.data).toEqual([stockData(5)]), until)
  await same.leave()
  world.setStock(6)
  const third = await world.start().watchStock(same.lastId)
  await vi.waitFor(() => expect(third.data).toEqual([stockData(6)]), until)
})

test.for(['', 'x', '1', `1.${'a'.repeat(17)}`, `${'9'.repeat(26)}.${'a'.repeat(16)}`])(
  'an id that is not ours ("%s") is none',
  async (id) => {
    const reader = await liveWorld().start().watchStock(id)
    await vi.waitFor(() => expect(reader.data).toEqual([stockData(0)]), until)
  },
)

test('an event that changes nothing that is shown is not sent', async () => {
  const world = liveWorld()
  const { hub, subscribe } = world.start()
  const reader = await subscribe('LiveProduct', { id: 'p1001' })
  hub.onEvent(world.setStock(0))
  await vi.waitFor(() => expect(world.calls['inventory.stock']).toBe(2), until)
  await settled()
  expect(reader.data).toEqual([stockData(0)])
})

test('a thousand changes at once are a few states, the last of them the right one', async () => {
  const world = liveWorld()
  const process = world.start()
  const reader = await process.watchStock()
  for (let n = 1; n <= 1_000; n++) {
    process.hub.onEvent(world.setStock(n))
    if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await vi.waitFor(() => expect(reader.data.at(-1)).toEqual(stockData(1_000)), until)
  expect(reader.data.length).toBeLessThan(30)
})

test('asked as JSON it is a problem with a code, and asks no upstream', async () => {
  const world = liveWorld()
  const answer = await world
    .start()
    .ask('LiveProduct', { id: 'p1001' }, { headers: { accept: 'application/graphql-response+json' } })
  expect(answer.status).toBe(406)
  expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_ACCEPTABLE' } }] })
  expect(world.calls).toEqual({})
})

test.for([
  ['LiveProduct', { id: 'unknown' }, undefined, 404, 'NOT_FOUND'],
  ['LiveProduct', { id: '!' }, undefined, 400, 'INVALID_REQUEST'],
  ['LiveOrder', { number: 'HC-2026-1' }, undefined, 401, 'UNAUTHENTICATED'],
  ['LiveOrder', { number: 'HC-2026-1' }, 'staff', 403, 'FORBIDDEN'],
  ['LiveOrder', { number: 'HC-2026-2' }, 'customer', 404, 'NOT_FOUND'],
  ['LiveOrder', { number: "'; drop" }, 'customer', 400, 'INVALID_REQUEST'],
  ['LiveInbox', {}, undefined, 401, 'UNAUTHENTICATED'],
  ['LiveInbox', {}, 'staff', 403, 'FORBIDDEN'],
] as const)(
  '%s of %j as %s is refused before it begins: %d %s',
  async ([name, variables, as, status, code]) => {
    const world = liveWorld()
    const { ask, details } = world.start()
    const answer = await ask(name, variables, as === undefined ? {} : { as })
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code } }] })
    expect(details()).toEqual({ readers: 0, states: 0, topics: 0 })
    if (status === 401 || status === 403) expect(world.calls).toEqual({})
  },
)

test('an order is live for its owner', async () => {
  const world = liveWorld()
  const { hub, subscribe } = world.start()
  const reader = await subscribe('LiveOrder', { number: 'HC-2026-1' }, { as: 'customer' })
  hub.onEvent(world.setStatus('SHIPPED'))
  const states = () =>
    reader.data.map((data) => JSON.parse(JSON.stringify(data)).data.orderStatusChanged.status)
  await vi.waitFor(() => expect(states()).toEqual(['PREPARING', 'ON_ITS_WAY']), until)
})

test('an inbox is live for its viewer, and what happens in another costs no call', async () => {
  const world = liveWorld()
  const { hub, subscribe } = world.start()
  const reader = await subscribe('LiveInbox', {}, { as: 'customer' })
  hub.onEvent(world.setUnread(3, 'c1002'))
  await settled()
  expect(world.calls['notifications.ofCustomer']).toBe(1)
  hub.onEvent(world.setUnread(8))
  const inbox = (unreadCount: number) => ({ data: { notificationAdded: { unreadCount } } })
  await vi.waitFor(() => expect(reader.data).toEqual([inbox(7), inbox(8)]), until)
})

test('a part that is missing for a moment does not replace what readers have', async () => {
  const world = liveWorld()
  const process = world.start()
  const reader = await process.watchStock()
  await vi.waitFor(() => expect(reader.data).toEqual([stockData(0)]), until)
  world.now.isStockDown = true
  process.hub.onEvent(world.setStock(3))
  await vi.waitFor(() => expect(world.calls['inventory.stock']).toBeGreaterThan(2), until)
  expect(reader.data).toHaveLength(1)
  world.now.isStockDown = false
  await vi.waitFor(() => expect(reader.data).toEqual([stockData(0), stockData(3)]), until)
})

test('who comes while a part is missing gets the rest, named as degraded and without an id', async () => {
  const world = liveWorld()
  world.now.isStockDown = true
  const reader = await world.start().watchStock()
  await vi.waitFor(() => expect(reader.data).toHaveLength(1), until)
  expect(reader.data[0]).toMatchObject({
    data: { stockChanged: { stock: null } },
    errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE', retryable: true } }],
    extensions: { degraded: ['stockChanged.stock'] },
  })
  expect(reader.lastId).toBeUndefined()
  world.now.isStockDown = false
  await vi.waitFor(() => expect(reader.data[1]).toEqual(stockData(0)), until)
})

test('a session, an address and a process have so many streams, and no more', async () => {
  const limits = { perSession: 2, perAddress: 3, perProcess: 4 }
  const world = liveWorld()
  const { ask, subscribe, details } = world.start(limits)
  const cookie = await world.session.cookieOf('customer')
  const mine = [await subscribe('LiveInbox', {}, { cookie }), await subscribe('LiveInbox', {}, { cookie })]
  expect((await ask('LiveInbox', {}, { cookie })).status).toBe(429)
  const first = await subscribe('LiveProduct', { id: 'p1001' })
  await subscribe('LiveProduct', { id: 'p1001' })
  const refused = await ask('LiveProduct', { id: 'p1001' })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  await first.leave()
  await mine[0]?.leave()
  expect(details()).toMatchObject({ readers: 2 })
  await subscribe('LiveInbox', {}, { cookie })
  await subscribe('LiveProduct', { id: 'p1001' })
})

test('a process that stops says when to come back, and takes nobody more', async () => {
  const world = liveWorld()
  const { subscribe, part, ask, details } = world.start()
  const readers = [
    await subscribe('LiveProduct', { id: 'p1001' }),
    await subscribe('LiveProduct', { id: 'p1002' }),
  ]
  await settled()
  await part.stop()
  await vi.waitFor(() => expect(readers.every(({ seen }) => seen.isOver)).toBe(true), until)
  for (const { seen, messages } of readers) {
    expect(seen.retry).toBeGreaterThanOrEqual(250)
    expect(seen.retry).toBeLessThanOrEqual(3_000)
    // It is not complete: there is something to come back for.
    expect(messages.map(({ event }) => event)).toEqual(['next'])
  }
  expect(details()).toEqual({ readers: 0, states: 0, topics: 0 })
  expect((await ask('LiveProduct', { id: 'p1001' })).status).toBe(503)
})

test.for([
  ['ends', 'UNAUTHENTICATED'],
  ['loses its role', 'FORBIDDEN'],
] as const)('the stream of a session that %s is over within 10 s: %s', async ([what, code]) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const world = liveWorld()
  const { subscribe, details } = world.start()
  const id = await world.session.boundary.sessions.begin(grantFor(['customer']))
  const reader = await subscribe('LiveInbox', {}, { cookie: `dev-session=${id}` })
  await vi.waitFor(() => expect(reader.data).toHaveLength(1), until)
  vi.advanceTimersByTime(9_900)
  const { sessions } = world.session.boundary
  const found = await sessions.look(id)
  if (!found) throw new Error('there is no session')
  if (what === 'ends') await sessions.endAll(userGroup('c1001'))
  else
    await sessions.replace(found.key, {
      ...found.session,
      user: { ...found.session.user, roles: ['staff'] },
    })
  vi.advanceTimersByTime(200)
  await vi.waitFor(() => expect(reader.seen.isOver).toBe(true), until)
  expect(reader.messages.slice(1)).toEqual([
    expect.objectContaining({
      data: { errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })] },
    }),
    expect.objectContaining({ event: 'complete' }),
  ])
  expect(details()).toEqual({ readers: 0, states: 0, topics: 0 })
})
