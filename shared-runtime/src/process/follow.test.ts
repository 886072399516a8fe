import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { follow } from './follow.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

/** A feed that sends one item per connection, then stays open until it is aborted. */
function quietFeed() {
  const connections: AbortSignal[] = []
  async function* connect(signal: AbortSignal) {
    connections.push(signal)
    yield connections.length
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  }
  return { connect, connections }
}

test('a handler that is busy for longer than the allowed silence does not lose the feed', async () => {
  const ending = new AbortController()
  const { connect, connections } = quietFeed()
  const done = follow({
    connect,
    take: () => new Promise<void>((resolve) => setTimeout(resolve, 5_000)),
    lost: () => undefined,
    signal: ending.signal,
    silenceMs: 1_000,
  })
  await settle(5_900)
  expect(connections).toHaveLength(1)
  await settle(1_300)
  expect([connections.length, connections[0]?.aborted]).toEqual([2, true])
  ending.abort()
  await settle(5_000)
  await done
})

test('a failing handler counts as a lost connection, and waits grow until it succeeds', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const ending = new AbortController()
  const { connect, connections } = quietFeed()
  const inARow: number[] = []
  const done = follow({
    connect,
    take: (n) => {
      if (n < 4) throw new Error('no')
    },
    lost: (_, failures) => void inARow.push(failures),
    signal: ending.signal,
    silenceMs: 10_000,
    waits: { firstMs: 100, longestMs: 250 },
  })
  await settle(100 + 200 + 249)
  expect(connections).toHaveLength(3)
  await settle(1)
  expect(connections).toHaveLength(4)
  await settle(10_000)
  expect(inARow).toEqual([0, 1, 2, 0])
  ending.abort()
  await done
  vi.restoreAllMocks()
})

test('an aborted signal prevents the connection; an abort during a wait ends it', async () => {
  const { connect, connections } = quietFeed()
  const common = { connect, take: () => {}, lost: () => undefined, silenceMs: 1_000 }
  await follow({ ...common, signal: AbortSignal.abort() })
  expect(connections).toHaveLength(0)
  const ending = new AbortController()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  const done = follow({ ...common, signal: ending.signal, waits: { firstMs: 60_000, longestMs: 60_000 } })
  await settle(1_001)
  ending.abort()
  await done
  expect([connections.length, vi.getTimerCount()]).toEqual([1, 0])
  vi.restoreAllMocks()
})
