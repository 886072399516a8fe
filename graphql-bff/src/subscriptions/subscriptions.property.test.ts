import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { liveWorld } from '../../test/live-world.ts'

const READERS = 4

/** What may happen, in any order. `n`: which reader or process. */
const Step = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'change' } as const) },
  { weight: 4, arbitrary: fc.constant({ do: 'deliver' } as const) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('connect' as const), n: fc.nat(READERS - 1) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), n: fc.nat(READERS - 1) }) },
  { weight: 4, arbitrary: fc.constant({ do: 'gap' } as const) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), gracefully: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(40) }) },
)

/**
 * The stock of a product is a number that only grows, so that a reader must see a growing sequence: one that goes back
 * was told something old, one that stays was told something twice.
 */
async function play(steps: readonly (typeof Step extends fc.Arbitrary<infer S> ? S : never)[]) {
  const world = liveWorld()
  let process = world.start()
  let stock = 0
  /** Events that are on their way: a process hears of a change some time after it. */
  let undelivered: ReturnType<typeof world.setStock>[] = []
  const readers = Array.from({ length: READERS }, () => ({
    seen: [] as number[],
    taken: 0,
    lastId: undefined as string | undefined,
    events: undefined as Awaited<ReturnType<typeof process.watchStock>> | undefined,
  }))
  const collect = (reader: (typeof readers)[number]) => {
    for (const { data, id } of reader.events?.messages.slice(reader.taken) ?? []) {
      reader.taken++
      reader.lastId = id ?? reader.lastId
      reader.seen.push(JSON.parse(JSON.stringify(data)).data.stockChanged.stock[0].available)
    }
  }
  const leave = async (reader: (typeof readers)[number]) => {
    collect(reader)
    await reader.events?.leave()
    reader.events = undefined
    reader.taken = 0
  }
  const connect = async (reader: (typeof readers)[number]) => {
    await leave(reader)
    reader.events = await process.watchStock(reader.lastId)
  }
  const deliver = () => {
    for (const event of undelivered.splice(0)) process.hub.onEvent(event)
  }

  for (const step of steps) {
    const reader = 'n' in step ? readers[step.n] : undefined
    if (step.do === 'change') undelivered.push(world.setStock(++stock))
    else if (step.do === 'deliver') deliver()
    else if (step.do === 'wait') await new Promise((resolve) => setTimeout(resolve, step.ms))
    else if (step.do === 'connect' && reader) await connect(reader)
    else if (step.do === 'leave' && reader) await leave(reader)
    else if (step.do === 'gap') {
      // What was on its way is lost, and the process learns that something was.
      undelivered = []
      process.hub.onGap()
    } else if (step.do === 'restart') {
      if (step.gracefully) await process.part.stop()
      const connected = readers.filter(({ events }) => events)
      for (const one of connected) await leave(one)
      // A new process hears of what happens from now on.
      undelivered = []
      process = world.start()
      for (const one of connected) await connect(one)
    }
  }
  deliver()
  for (const reader of readers) if (!reader.events) await connect(reader)
  await vi.waitFor(
    () => {
      for (const reader of readers) collect(reader)
      expect(readers.map(({ seen }) => seen.at(-1))).toEqual(Array(READERS).fill(stock))
    },
    { timeout: 5_000, interval: 5 },
  )
  for (const reader of readers) await leave(reader)
  return { readers, details: process.details() }
}

test('whatever happens, every reader ends with the right state, misses none, and is told none twice', {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(Step, { maxLength: 25 }), async (steps) => {
      const { readers, details } = await play(steps)
      for (const { seen } of readers) expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b))
      expect(details).toEqual({ readers: 0, states: 0, topics: 0 })
    }),
    { numRuns: scaled(40, 2_000) },
  )
})
