import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { fakeFeed, heartbeat, level, snapshotEnd } from '../../test/fake-feed.ts'
import { FlagStore } from './flag-store.ts'
import { stockFeedPart } from './stock-feed.ts'

let store: FlagStore
let stock: ReturnType<typeof fakeFeed>
let part: ReturnType<typeof stockFeedPart>
let ready: boolean
beforeEach(() => {
  vi.useFakeTimers()
  store = new FlagStore()
  stock = fakeFeed()
  part = stockFeedPart({ feed: stock.feed, store, log: createLog('test', 'silent') })
  ready = false
  void part.start().then(() => (ready = true))
})
afterEach(async () => {
  await part.stop()
  vi.useRealTimers()
})

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
const last = () => {
  const connection = stock.connections.at(-1)
  if (connection === undefined) throw new Error('no connection was made')
  return connection
}
const available = (sku: string) => store.flag('ber', sku)?.available
const fill = async () => {
  last().send(level('ber', 'A', 1), level('ber', 'B', 0), snapshotEnd('10'))
  await settle()
}

test('the process is ready once the snapshot is complete, not before', async () => {
  last().send(level('ber', 'A', 1))
  await settle()
  expect([ready, store.serving, part.unready?.()]).toEqual([false, false, expect.any(String)])
  last().send(snapshotEnd('10'))
  await settle()
  expect([ready, store.serving, part.unready?.()]).toEqual([true, true, undefined])
})

test('changes are taken as they come', async () => {
  await fill()
  last().send(level('ber', 'A', 0, '11'))
  await settle()
  expect(available('A')).toBe(false)
})

test('a feed that fails is resumed after the last event seen, without a snapshot', async () => {
  await fill()
  last().send(level('ber', 'A', 0, '11'), heartbeat('12'))
  await settle()
  last().fail(new UpstreamError('inventory', 'unavailable', 'gone'))
  await settle(10_000)
  expect(stock.connections).toHaveLength(2)
  expect(last().afterEventId).toBe('12')
  last().send(level('ber', 'B', 4, '13'))
  await settle()
  expect([available('A'), available('B')]).toEqual([false, true])
})

test('an event id that is no longer held is followed by a new snapshot at once', async () => {
  await fill()
  last().fail(new UpstreamError('inventory', 'unavailable', 'gone'))
  await settle(10_000)
  last().fail(new UpstreamError('inventory', 'conflict', 'too old'))
  await settle()
  expect(stock.connections.map(({ afterEventId }) => afterEventId)).toEqual([undefined, '10', undefined])
  last().send(level('ber', 'B', 4), snapshotEnd('99'))
  await settle()
  expect([available('A'), available('B')]).toEqual([undefined, true])
})

test('a snapshot cut short is taken from its beginning, and forgets nothing', async () => {
  last().send(level('ber', 'A', 1))
  await settle()
  last().fail(new UpstreamError('inventory', 'unavailable', 'gone'))
  await settle(10_000)
  expect(last().afterEventId).toBeUndefined()
  expect(store.serving).toBe(false)
})

test('a feed silent for 25 s counts as lost; heartbeats keep it', async () => {
  await fill()
  for (let i = 0; i < 10; i++) {
    await settle(10_000)
    last().send(heartbeat('10'))
  }
  await settle()
  expect(stock.connections).toHaveLength(1)
  await settle(24_000)
  expect(last().signal.aborted).toBe(false)
  await settle(1_000 + 250)
  expect(stock.connections).toHaveLength(2)
  expect(stock.connections[0]?.signal.aborted).toBe(true)
})

test('lost flags are served for 300 s after the last sign of life, then not; a heartbeat brings them back', async () => {
  await fill()
  await settle(10_000)
  last().send(heartbeat('10'))
  await settle(299_000)
  expect([store.serving, available('A')]).toEqual([true, true])
  await settle(1_000)
  expect([store.serving, part.unready?.()]).toEqual([false, expect.any(String)])
  while (last().signal.aborted) await settle(100)
  last().send(heartbeat('10'))
  await settle()
  expect(store.serving).toBe(true)
})

test('retries wait longer and longer, up to a second, and never all at the same time', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.999)
  const waits: number[] = []
  for (let i = 0; i < 8; i++) {
    const before = performance.now()
    const { length } = stock.connections
    last().fail(new Error('no'))
    while (stock.connections.length === length) await settle(50)
    waits.push(Math.round((performance.now() - before) / 100) * 100)
  }
  expect(waits).toEqual([300, 500, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000])
  vi.restoreAllMocks()
})

test('stopping ends the connection', async () => {
  await fill()
  await part.stop()
  expect(last().signal.aborted).toBe(true)
  await settle(60_000)
  expect(stock.connections).toHaveLength(1)
})

/** Ends a feed that was lost for so long; the new connection is open. */
const outage = async (seconds: number) => {
  const { length } = stock.connections
  last().fail(new UpstreamError('inventory', 'unavailable', 'gone'))
  for (let s = 0; s < seconds; s++) {
    await settle(1_000)
    if (stock.connections.length > length) last().fail(new UpstreamError('inventory', 'unavailable', 'gone'))
  }
}

test.each([5, 60, 300, 3_000])(
  'after an outage of %i s a new connection is made within 2 s',
  async (seconds) => {
    await fill()
    await outage(seconds)
    const { length } = stock.connections
    await settle(2_000)
    expect(stock.connections.length).toBeGreaterThan(length)
  },
)

test('what was missed is not served as fresh before the last of it has arrived', async () => {
  await fill()
  await outage(301)
  await settle(2_000)
  expect(store.serving).toBe(false)
  last().send(level('ber', 'B', 3, '11'))
  await settle()
  // A is still to change: nothing may be said of it.
  expect(store.serving).toBe(false)
  last().send(level('ber', 'A', 0, '12'), heartbeat('12'))
  await settle()
  expect([store.serving, available('A'), available('B')]).toEqual([true, false, true])
  last().send(level('ber', 'A', 5, '13'))
  await settle()
  expect(available('A')).toBe(true)
})

test('a process that was suspended asks again, and does not take old events for news', async () => {
  await fill()
  vi.setSystemTime(Date.now() + 290_000)
  const now = performance.now()
  const suspended = vi.spyOn(performance, 'now').mockImplementation(() => now + 290_000)
  last().send(heartbeat('10'))
  await settle()
  suspended.mockRestore()
  expect(stock.connections[0]?.signal.aborted).toBe(true)
})
