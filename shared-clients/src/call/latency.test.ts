import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Latency } from './latency.ts'

test('property: a quantile is at or above the true one, by 10 % at most', () => {
  const ms = fc.double({ min: 0.1, max: 20_000, noNaN: true })
  fc.assert(
    fc.property(fc.array(ms, { minLength: 320, maxLength: 640 }), (all) => {
      const times = all.slice(0, all.length - (all.length % 32)) // as many as it has looked at
      const latency = new Latency([0.5, 0.95])
      for (const time of times) latency.record(time, 50_000)
      const sorted = times.toSorted((a, b) => a - b)
      for (const [n, q] of [0.5, 0.95].entries()) {
        const truth = sorted[Math.ceil(times.length * q) - 1] ?? Number.NaN
        expect(latency.quantile(n, 50_000)).toBeGreaterThanOrEqual(truth * 0.999)
        expect(latency.quantile(n, 50_000)).toBeLessThanOrEqual(truth * 1.1)
      }
    }),
  )
})

test('a tail is not known before five calls lie in it', () => {
  const latency = new Latency([0.5, 0.98])
  for (let n = 0; n < 224; n++) latency.record(10, 50_000)
  expect(latency.quantile(0, 50_000)).toBeGreaterThan(9)
  expect(latency.quantile(1, 50_000)).toBeNaN()
  for (let n = 0; n < 64; n++) latency.record(10, 50_000)
  expect(latency.quantile(1, 50_000)).toBeGreaterThan(9)
})

test('what is older than twenty seconds is forgotten', () => {
  const latency = new Latency([0.5])
  for (let n = 0; n < 320; n++) latency.record(500, 50_000)
  expect(latency.quantile(0, 59_999)).toBeGreaterThan(499)
  for (let n = 0; n < 320; n++) latency.record(5, 65_000)
  for (let n = 0; n < 32; n++) latency.record(5, 76_000)
  expect(latency.quantile(0, 76_000)).toBeLessThan(6)
  expect(latency.quantile(0, 200_000)).toBeNaN()
})
