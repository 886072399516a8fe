import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ReplayWindow } from './replay-window.ts'

test('every number is accepted once, and none that is 32 or more behind the highest', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.array(fc.nat(600), { maxLength: 200 }), (first, numbers) => {
      const window = new ReplayWindow(first)
      const seen = new Set([first])
      for (const number of numbers) {
        const isNew = !seen.has(number) && number > Math.max(...seen) - 32
        expect([number, window.isNew(number)]).toEqual([number, isNew])
        if (!isNew) continue
        window.accept(number)
        seen.add(number)
      }
    }),
  )
})

test('numbers beyond 32 bits are told apart', () => {
  const window = new ReplayWindow(2 ** 40 - 40)
  window.accept(2 ** 40 - 1)
  expect([2 ** 40 - 1, 2 ** 40 - 2, 2 ** 40 - 40].map((n) => window.isNew(n))).toEqual([false, true, false])
})
