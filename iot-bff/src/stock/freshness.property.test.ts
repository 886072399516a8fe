import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Connection, fakeFeed, heartbeat, level, snapshotEnd } from '../../test/fake-feed.ts'
import { FlagStore } from './flag-store.ts'
import { stockFeedPart } from './stock-feed.ts'

const SKUS = ['A', 'B', 'C']
const MAX_AGE_MS = 300_000
const HEARTBEAT_MS = 10_000
const STEP_MS = 1_000

/** The inventory service: what is in stock, and how its feed behaves now. */
type Mode = 'up' | 'down' | 'silent'
type Step = {
  mode: Mode
  seconds: number
  changes: readonly (readonly [number, boolean])[]
  forgets: boolean
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Runs a story; after each second of it, and after each event, nothing that is served may be older than 300 s. */
async function run(steps: readonly Step[]): Promise<void> {
  const store = new FlagStore()
  const stock = fakeFeed()
  const part = stockFeedPart({ feed: stock.feed, store, log: createLog('test', 'silent') })
  const events: { sku: string; available: boolean }[] = []
  const truth = new Map(SKUS.map((sku) => [sku, false]))
  /** By SKU, since when it has been what it is, and until when it was what it was before. */
  const history = SKUS.map((sku) => ({ sku, available: false, from: 0, until: Number.POSITIVE_INFINITY }))
  let held = 0
  let mode: Mode = 'up'
  let served = 0
  let live: Connection | undefined
  let heartbeatAt = 0
  void part.start()

  const check = () => {
    if (!store.serving) return
    const now = performance.now()
    for (const sku of SKUS) {
      const shown = store.flag('ber', sku)?.available
      const wasSo = history.some(
        (span) =>
          span.sku === sku && span.available === shown && span.from <= now && span.until >= now - MAX_AGE_MS,
      )
      expect([sku, shown, wasSo]).toEqual([sku, shown, true])
    }
  }
  const settle = async (ms = 0) => {
    await vi.advanceTimersByTimeAsync(ms)
    check()
  }
  const serve = async (connection: Connection) => {
    live = connection
    const after = connection.afterEventId === undefined ? undefined : Number(connection.afterEventId)
    if (after !== undefined && after < held)
      return connection.fail(new UpstreamError('inventory', 'conflict', 'too old'))
    if (after === undefined) {
      for (const [sku, available] of truth) connection.send(level('ber', sku, Number(available)))
      connection.send(snapshotEnd(String(events.length)))
    } else {
      for (let id = after; id < events.length; id++) {
        const event = events[id]
        if (event) connection.send(level('ber', event.sku, Number(event.available), String(id + 1)))
        // What was missed arrives bit by bit.
        await settle()
      }
      connection.send(heartbeat(String(events.length)))
    }
    await settle()
  }
  const meet = async () => {
    while (served < stock.connections.length) {
      const connection = stock.connections[served++]
      if (!connection || connection.signal.aborted) continue
      if (mode === 'down') connection.fail(new UpstreamError('inventory', 'unavailable', 'down'))
      else if (mode === 'up') await serve(connection)
      await settle()
    }
  }
  const change = async (sku: string, available: boolean) => {
    if (truth.get(sku) === available) return
    truth.set(sku, available)
    const now = performance.now()
    for (const span of history)
      if (span.sku === sku && span.until === Number.POSITIVE_INFINITY) span.until = now
    history.push({ sku, available, from: now, until: Number.POSITIVE_INFINITY })
    events.push({ sku, available })
    if (mode === 'up' && live && !live.signal.aborted)
      live.send(level('ber', sku, Number(available), String(events.length)))
    await settle()
  }

  await settle()
  await meet()
  for (const step of steps) {
    if (mode !== 'down' && step.mode === 'down' && live && !live.signal.aborted)
      live.fail(new UpstreamError('inventory', 'unavailable', 'down'))
    if (step.mode !== mode) live = undefined
    // A connection that fell silent stays so: only a new one speaks.
    mode = step.mode
    if (step.forgets) held = events.length
    const upSince = performance.now()
    for (const [sku, available] of step.changes) await change(SKUS[sku] ?? 'A', available)
    for (let second = 0; second < step.seconds; second++) {
      await settle(STEP_MS)
      await meet()
      if (mode === 'up' && live && !live.signal.aborted && performance.now() - heartbeatAt >= HEARTBEAT_MS) {
        heartbeatAt = performance.now()
        live.send(heartbeat(String(events.length)))
        await settle()
      }
    }
    // Silence is noticed after 25 s; from then on, and after a failure at once, it takes 2 s.
    if (mode === 'up' && performance.now() - upSince > 28_000) {
      expect(store.serving).toBe(true)
      for (const [sku, available] of truth) expect(store.flag('ber', sku)?.available).toBe(available)
    }
  }
  await part.stop()
}

test('whatever the feed goes through, nothing older than 300 s is served, and what is true again soon after', async () => {
  const changes = fc.array(fc.tuple(fc.nat(2), fc.boolean()), { maxLength: 4 })
  const forgets = fc.oneof(
    { weight: 5, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.boolean() },
  )
  const step = fc.record({
    mode: fc.constantFrom<Mode>('up', 'up', 'down', 'silent'),
    seconds: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 250, max: 400 })),
    changes,
    forgets,
  })
  const up = (of: Step['changes']): Step => ({ mode: 'up', seconds: 40, changes: of, forgets: false })
  // Two flags change while nothing is heard for longer than any may be served.
  const missed: Step[] = [
    up([
      [0, true],
      [1, true],
    ]),
    {
      mode: 'down',
      seconds: 320,
      changes: [
        [0, false],
        [1, false],
      ],
      forgets: false,
    },
    up([]),
  ]
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), run), {
    numRuns: 40,
    examples: [[missed]],
  })
}, 60_000)
