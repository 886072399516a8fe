import { expect, test } from 'vitest'
import { liveWorld } from '../../test/live-world.ts'
import { createHub } from './hub.ts'

const { setStock, setStatus } = liveWorld()
const stock = (available = 1) => setStock(available)

test('changes are heard from the call on, and any number of them is one signal', async () => {
  const hub = createHub()
  const changes = hub.changes(['stock:HB-1001'])
  for (let i = 0; i < 5; i++) hub.onEvent(stock(i))
  expect((await changes.next()).done).toBe(false)
  const next = changes.next()
  expect(await Promise.race([next, new Promise((resolve) => setImmediate(resolve, 'quiet'))])).toBe('quiet')
  hub.onEvent(stock())
  expect((await next).done).toBe(false)
})

test('what is about something else is not heard', async () => {
  const hub = createHub()
  const changes = hub.changes(['stock:HB-1002', 'price:HB-1001'])
  hub.onEvent(stock())
  expect(await Promise.race([changes.next(), new Promise((resolve) => setImmediate(resolve, 'quiet'))])).toBe(
    'quiet',
  )
})

test('an order is heard of by its customer', async () => {
  const hub = createHub()
  const changes = hub.changes(['customer-order:c1001'])
  hub.onEvent(setStatus('SHIPPED'))
  expect((await changes.next()).done).toBe(false)
})

test('after a gap everything may have changed', async () => {
  const hub = createHub()
  const all = [hub.changes(['stock:HB-1001']), hub.changes(['inbox:c1001'])]
  hub.onGap()
  expect((await Promise.all(all.map((changes) => changes.next()))).map(({ done }) => done)).toEqual([
    false,
    false,
  ])
})

test('nothing is left of what has ended', async () => {
  const hub = createHub()
  const changes = hub.changes(['stock:HB-1001', 'price:HB-1001'])
  const next = changes.next()
  await changes.return?.()
  expect([(await next).done, hub.watched]).toEqual([true, 0])
})

test('a place is reached by its event or a later one, and is not waited for any longer than is said', async () => {
  const hub = createHub()
  const first = stock()
  const [, second] = [stock(), stock()]
  await hub.reached('9999', 60_000) // a process without events has nothing old
  hub.onEvent(first)
  await hub.reached(first.id, 60_000)
  const later = hub.reached(second.id, 60_000)
  hub.onEvent(second)
  await later
  expect(hub.position()).toBe(second.id)
  hub.onEvent(first)
  expect(hub.position()).toBe(second.id)
  await hub.reached('9999', 10)
})
