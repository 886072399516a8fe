import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { RateLimit } from './rate-limit.ts'

let nowMs: number
beforeEach(() => {
  nowMs = 1_000_000
})
const limitOf = (perMinute: number, maxKeys = 1_000) =>
  new RateLimit({ perMinute, maxKeys, now: () => nowMs })
const admitted = (limit: RateLimit, key: string, times: number) =>
  Array.from({ length: times }, () => limit.take(key)).filter((waitS) => waitS === 0).length

test('a key has its allowance of a minute at once, and then its share of each second', () => {
  const limit = limitOf(60)
  expect(admitted(limit, 'a', 100)).toBe(60)
  nowMs += 1_000
  expect(admitted(limit, 'a', 100)).toBe(1)
  nowMs += 60_000
  expect(admitted(limit, 'a', 100)).toBe(60)
})

test('it is said after how many seconds the next is admitted, and it is', () => {
  const limit = limitOf(6)
  admitted(limit, 'a', 6)
  expect(limit.take('a')).toBe(10)
  nowMs += 9_000
  expect(limit.take('a')).toBe(1)
  nowMs += 1_000
  expect([limit.take('a'), limit.take('a')]).toEqual([0, 10])
})

test('asking while over the limit does not put the end off', () => {
  const limit = limitOf(60)
  admitted(limit, 'a', 60)
  for (let i = 0; i < 1_000; i++) limit.take('a')
  nowMs += 1_000
  expect(limit.take('a')).toBe(0)
})

test('keys do not count for each other', () => {
  const limit = limitOf(10)
  expect([admitted(limit, 'a', 20), admitted(limit, 'b', 20)]).toEqual([10, 10])
})

test('whatever the limit and the pace, no window of a minute has more than twice the allowance, none of it is withheld', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 600 }),
      fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 50, maxLength: 400 }),
      (perMinute, gaps) => {
        const limit = limitOf(perMinute)
        const times: number[] = []
        for (const gap of gaps) {
          nowMs += gap
          if (limit.take('a') === 0) times.push(nowMs)
        }
        for (const [index, time] of times.entries())
          expect(times.slice(index).filter((other) => other < time + 60_000).length).toBeLessThanOrEqual(
            2 * perMinute,
          )
        expect(times.length).toBeGreaterThanOrEqual(Math.min(gaps.length, perMinute))
      },
    ),
    { numRuns: 30 },
  )
})

test('a million addresses take no more room than the table has, and share what one would have', () => {
  const limit = limitOf(10, 1_000)
  let passed = 0
  for (let n = 0; n < 1_000_000; n++) if (limit.take(`10.${n}`) === 0) passed++
  expect(limit.size).toBeLessThanOrEqual(1_001)
  // One each for those with a place, and one allowance for all the others.
  expect(passed).toBe(1_000 + 10)
})

test('a key that was limited stays limited, however many others come', () => {
  const limit = limitOf(10, 100)
  admitted(limit, 'attacker', 10)
  for (let n = 0; n < 10_000; n++) limit.take(`10.${n}`)
  expect(limit.take('attacker')).toBeGreaterThan(0)
})

test('places are free again when what was counted is over', () => {
  const limit = limitOf(60, 100)
  for (let n = 0; n < 200; n++) limit.take(`10.${n}`)
  nowMs += 61_000
  expect([admitted(limit, 'new', 100), limit.size]).toEqual([60, 1])
})
