import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises'
import { createLog } from '@harbor/shared-runtime/log'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { fakeFeed } from '../../test/fake-feed.ts'
import { followEvents } from './follow-events.ts'

const Step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('change' as const), key: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('down' as const, 'up' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('settle' as const), ms: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), turns: fc.nat({ max: 6 }) }) },
)

const Run = fc.record({
  /** Whether the feed is down when it is first asked for. */
  downAtFirst: fc.boolean(),
  steps: fc.array(Step, { maxLength: 60 }),
  /** How many events each connection sends again. */
  repeat: fc.nat({ max: 4 }),
  keep: fc.integer({ min: 2, max: 12 }),
  pending: fc.integer({ min: 1, max: 6 }),
  /** Turns of the event loop that the n-th application takes; every seventh fails the first time if told. */
  slow: fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 }),
  failing: fc.boolean(),
})

test('under any cuts, outages and repetitions: no change is missed, and none of a key overtakes another', async () => {
  await fc.assert(
    fc.asyncProperty(Run, async ({ downAtFirst, steps, repeat, keep, pending, slow, failing }) => {
      const fake = fakeFeed({ keep })
      fake.down(downAtFirst)
      fake.repeat(repeat)
      const ending = new AbortController()
      /** What the domain services hold, what a cache in front of them believes, and what was applied last. */
      const truth = new Map<string, number>()
      const cache = new Map<string, number>()
      const applied = new Map<string, number>()
      const running = new Set<string>()
      const wrong: string[] = []
      let [applications, up] = [0, false]
      const done = followEvents({
        feed: fake.feed,
        log: createLog('test', 'silent'),
        signal: ending.signal,
        limits: {
          pending,
          waits: { firstMs: 2, longestMs: 4 },
          applyWaits: { firstMs: 0, longestMs: 0 },
          silenceMs: 60_000,
        },
        onConnection: (connected) => {
          up = connected
        },
        onGap: () => cache.clear(),
        async apply({ type, key, data }) {
          if (type !== 'stock') return
          if (running.has(key)) wrong.push(`${key} overlaps`)
          running.add(key)
          const n = applications++
          for (let turns = slow[n % slow.length] ?? 0; turns > 0; turns--) await turn()
          running.delete(key)
          if (failing && n % 7 === 3 && key !== 'END') throw new Error('bad luck')
          if (data.available <= (applied.get(key) ?? 0)) wrong.push(`${key} went back to ${data.available}`)
          applied.set(key, data.available)
          cache.delete(key)
        },
      })
      const until = (condition: () => boolean) => vi.waitUntil(condition, { interval: 1, timeout: 1_000 })
      if (!downAtFirst) await until(() => up)
      for (const step of steps) {
        if (step.do === 'change') {
          const key = `S${step.key}`
          const value = (truth.get(key) ?? 0) + 1
          truth.set(key, value)
          fake.stock(key, value)
        } else if (step.do === 'read') {
          for (const [key, value] of truth) if (!cache.has(key)) cache.set(key, value)
        } else if (step.do === 'cut') fake.cut()
        else if (step.do === 'wait') for (let turns = 0; turns < step.turns; turns++) await turn()
        else if (step.do === 'settle') await sleep(step.ms)
        else fake.down(step.do === 'down')
      }
      fake.down(false)
      let sent = 0
      await until(() => {
        fake.stock('END', ++sent)
        return applied.has('END')
      })
      const same = () => [...cache].every(([key, value]) => truth.get(key) === value)
      await until(same).catch(() => wrong.push('a change was missed'))
      ending.abort()
      await done
      expect([wrong, fake.readers()]).toEqual([[], 0])
    }),
    { numRuns: 250 },
  )
})
