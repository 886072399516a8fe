import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ExtraLoad } from './extra-load.ts'

const SLICE_MS = 1_000
/** Calls and wishes for an extra, with the milliseconds that pass before each. */
const history = fc.array(
  fc.record({
    after: fc.oneof(fc.nat(50), fc.nat(3_000), fc.constant(12_000)),
    calls: fc.nat(60),
    wishes: fc.nat(20),
  }),
  { maxLength: 60 },
)

/** Plays a history; the instants of the calls and of the extras that were granted. */
function play(load: ExtraLoad, steps: { after: number; calls: number; wishes: number }[], reserve = 0) {
  const calls: number[] = []
  const extras: number[] = []
  let refused = 0
  let now = 5_000_000
  for (const { after, calls: made, wishes } of steps) {
    now += after
    for (let n = 0; n < made; n++) {
      load.note(now)
      calls.push(now)
    }
    for (let n = 0; n < wishes; n++) {
      if (load.take(now, reserve)) extras.push(now)
      else refused++
    }
  }
  return { calls, extras, refused }
}

test('property: at any grant, extras are at most the share of the calls of the last ten seconds', () => {
  fc.assert(
    fc.property(history, fc.constantFrom(0.02, 0.1, 0.5), (steps, share) => {
      const { calls, extras } = play(new ExtraLoad(share), steps)
      for (const [n, at] of extras.entries()) {
        const from = (Math.floor(at / SLICE_MS) - 9) * SLICE_MS
        const callsThen = calls.filter((call) => call >= from && call <= at).length
        const extrasThen = extras.slice(0, n + 1).filter((extra) => extra >= from).length
        expect(extrasThen).toBeLessThanOrEqual(share * callsThen + 1e-6)
      }
    }),
  )
})

test('property: however long it goes on, extras stay within the share of all calls', () => {
  fc.assert(
    fc.property(history, (steps) => {
      const { calls, extras } = play(new ExtraLoad(0.1), steps)
      expect(extras.length).toBeLessThanOrEqual(0.1 * calls.length + 1e-6)
    }),
  )
})

test('property: an extra that the calls of the window pay for is never refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_000 }), fc.constantFrom(0.02, 0.1), (calls, share) => {
      const { extras } = play(new ExtraLoad(share), [{ after: 0, calls, wishes: calls }])
      expect(extras).toHaveLength(Math.floor(calls * share + 1e-6))
    }),
  )
})

test('property: a reserve grants that many in a window without any calls, and no more', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.integer({ min: 0, max: 20 }), (reserve, wishes) => {
      const { extras } = play(new ExtraLoad(0.1), [{ after: 0, calls: 0, wishes }], reserve)
      expect(extras).toHaveLength(Math.min(reserve, wishes))
    }),
  )
})

test('calls pay for no extra once they are ten seconds old', () => {
  const load = new ExtraLoad(0.1)
  for (let n = 0; n < 100; n++) load.note(20_000)
  expect(load.take(29_999)).toBe(true)
  expect(load.take(30_000)).toBe(false)
})

test('extras that are ten seconds old leave room for new ones', () => {
  const load = new ExtraLoad(0.1)
  const granted = (now: number) => {
    for (let n = 0; n < 100; n++) load.note(now)
    return Array.from({ length: 20 }, () => load.take(now)).filter(Boolean).length
  }
  expect([20_000, 31_000, 90_000].map(granted)).toEqual([10, 10, 10])
})
