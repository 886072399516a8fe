import { Rows } from '@harbor/shared-runtime/rows'
import { expect, test } from 'vitest'
import { byKey, byKeyAndLimit, oneByOne } from './by-key.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A loader whose calls are answered when the test says so. */
function held() {
  const calls: { keys: readonly string[]; answer: () => void }[] = []
  const loader = byKey(
    (keys) =>
      new Promise<Rows<string>>((resolve) =>
        calls.push({ keys, answer: () => resolve(new Rows(keys.map((key) => [key, `row ${key}`]))) }),
      ),
  )
  return { calls, loader }
}

test('what is asked for in one turn resolves in one turn, though a part of it was asked for before', async () => {
  const { calls, loader } = held()
  const resolved: string[] = []
  const ask = (name: string, key: string) =>
    void loader.load(key).then((row) => resolved.push(`${name} ${row}`))
  ask('first', 'a')
  await turn()
  ask('second', 'a')
  ask('second', 'b')
  await turn()
  expect(calls.map(({ keys }) => keys)).toEqual([['a'], ['b']])
  calls[0]?.answer()
  await turn()
  expect(resolved).toEqual(['first row a'])
  calls[1]?.answer()
  await turn()
  expect(resolved).toEqual(['first row a', 'second row a', 'second row b'])
})

test('a key is called again for a greater length alone', async () => {
  const calls: [readonly string[], number][] = []
  const loader = byKeyAndLimit(
    async (keys, limit) => {
      calls.push([keys, limit])
      return new Rows(keys.map((key) => [key, Array<string>(limit).fill(key)]))
    },
    (row, limit) => row.slice(0, limit),
  )
  const load = (key: string, limit: number) => loader.load({ key, limit })
  expect(await Promise.all([load('a', 1), load('a', 3), load('b', 2)])).toEqual([
    ['a'],
    ['a', 'a', 'a'],
    ['b', 'b'],
  ])
  expect(await load('a', 2)).toEqual(['a', 'a'])
  expect(await Promise.all([load('a', 4), load('b', 1)])).toEqual([['a', 'a', 'a', 'a'], ['b']])
  expect(calls).toEqual([
    [['a', 'b'], 3],
    [['a'], 4],
  ])
})

test('a failed call is the error of its keys, and is not repeated', async () => {
  let calls = 0
  const loader = oneByOne(async (key) => {
    calls++
    if (key === 'bad') throw new Error('down')
    return key
  })
  const [good, bad] = await Promise.allSettled([loader.load('good'), loader.load('bad')])
  expect([good.status, bad.status]).toEqual(['fulfilled', 'rejected'])
  await expect(loader.load('bad')).rejects.toThrow('down')
  expect(calls).toBe(2)
})
