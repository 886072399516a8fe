import { expect, test } from 'vitest'
import { Windows } from './windows.ts'

test('the first request of a key starts a window, and the first after its end starts another', () => {
  let now = 1_000
  const windows = new Windows({ now: () => now })
  expect(windows.count('a', 500)).toEqual({ used: 1, resetMs: 500 })
  now += 200
  expect(windows.count('a', 500)).toEqual({ used: 2, resetMs: 300 })
  expect(windows.count('b', 500)).toEqual({ used: 1, resetMs: 500 })
  expect(windows.peek('a')).toEqual({ used: 2, resetMs: 300 })
  now += 300
  expect(windows.peek('a')).toBeUndefined()
  expect(windows.count('a', 500)).toEqual({ used: 1, resetMs: 500 })
})

test('the number of keys is bounded: the least recently used is evicted', () => {
  const windows = new Windows({ maxKeys: 1_000 })
  for (let i = 0; i < 10_000; i++) {
    windows.count('busy', 60_000)
    windows.count(`made up ${i}`, 60_000)
  }
  expect(windows.peek('busy')?.used).toBe(10_000)
  expect(windows.peek('made up 0')).toBeUndefined()
  expect(windows.peek('made up 9999')?.used).toBe(1)
})
