import { expect, test } from 'vitest'
import { atMost } from './at-most.ts'

test('at most that many run at a time, all start in order, and a failure frees its slot', async () => {
  const run = atMost(3)
  let running = 0
  let most = 0
  const began: number[] = []
  const all = Array.from({ length: 50 }, (_, n) =>
    run(async () => {
      began.push(n)
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      if (n % 2 === 0) throw new Error(`${n}`)
      return n
    }),
  )
  const results = await Promise.allSettled(all)
  expect(most).toBe(3)
  expect(began).toEqual(results.map((_, n) => n))
  expect(results.map(({ status }) => status === 'fulfilled')).toEqual(results.map((_, n) => n % 2 === 1))
  expect(await run(async () => 'next')).toBe('next')
})
