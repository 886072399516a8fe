import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FlagStore, type Resource } from './flag-store.ts'

const list = (...skus: string[]) => ({ version: 9, skus })
const DEVICES = [
  { id: 'd1', store: 'ber', list: 'a', lists: { a: list('A', 'B') } },
  { id: 'd2', store: 'ham', list: 'a', lists: { a: list('A', 'B') } },
]

let store: FlagStore
let heard: string[]
beforeEach(() => {
  vi.useFakeTimers()
  store = new FlagStore()
  for (const device of DEVICES) store.setDevice(device.id, device)
  heard = []
  const name = (resource: Resource) => (resource.kind === 'flag' ? resource.sku : resource.name)
  store.listen({
    changed: (resource) => heard.push(name(resource)),
    live: () => heard.push('live'),
    lost: () => heard.push('lost'),
  })
})
afterEach(() => vi.useRealTimers())

const snapshot = (levels: Record<string, number>) => {
  store.beginSnapshot()
  for (const [sku, level] of Object.entries(levels)) store.set('ber', sku, level)
  store.endSnapshot()
}

test('flags are of a store, and a level above zero is in stock', () => {
  snapshot({ A: 3, B: 0 })
  expect([store.flag('ber', 'A')?.available, store.flag('ber', 'B')?.available]).toEqual([true, false])
  expect(store.flag('ham', 'A')).toBeUndefined()
  expect(store.flag('ber', 'C')).toBeUndefined()
})

test('SKUs are the ids of any shop: UUIDs, numbers, slugs', () => {
  const skus = ['7b0f1c52-98a7-4a0f-9f39-6f4f7f0b8f11', '4711', 'rope-10mm.blue', 'A'.repeat(64)]
  snapshot(Object.fromEntries(skus.map((sku) => [sku, 1])))
  expect(skus.map((sku) => store.flag('ber', sku)?.available)).toEqual([true, true, true, true])
})

test('listeners hear of each resource once, after its answers are made, and then that all is live', () => {
  snapshot({ A: 3, B: 0 })
  expect(heard).toEqual(['A', 'B', 'd1/a', 'live'])
  expect(store.bitmap('d1', 'a')?.answers?.plain.body.toString('hex')).toBe('0980')
  store.set('ber', 'A', 2)
  store.publish()
  expect(heard).toHaveLength(4)
})

test('a list with a SKU that is not known has no answer, rather than a bit that says out of stock', () => {
  snapshot({ A: 3 })
  expect(store.bitmap('d1', 'a')?.answers).toBeUndefined()
  store.set('ber', 'B', 1)
  store.publish()
  expect(store.bitmap('d1', 'a')?.answers?.plain.body.toString('hex')).toBe('09c0')
})

test('a device that is added has its bitmap at once, and it changes with its flags', () => {
  snapshot({ A: 3, B: 0 })
  store.setDevice('d3', { id: 'd3', store: 'ber', list: 'b', lists: { b: list('B', 'A') } })
  expect(store.bitmap('d3', 'b')?.answers?.plain.body.toString('hex')).toBe('0940')
  store.set('ber', 'B', 1)
  store.publish()
  expect(store.bitmap('d3', 'b')?.answers?.plain.body.toString('hex')).toBe('09c0')
  expect(heard.slice(-3)).toEqual(['B', 'd1/a', 'd3/b'])
})

test('a list that becomes another is told of, in the same object; one that stays the same is not', () => {
  snapshot({ A: 3, B: 0 })
  const held = store.bitmap('d1', 'a')
  heard.length = 0
  store.setDevice('d1', { id: 'd1', store: 'ber', list: 'a', lists: { a: list('A', 'B') } })
  expect(heard).toEqual([])
  store.setDevice('d1', {
    id: 'd1',
    store: 'ber',
    list: 'a',
    lists: { a: { version: 10, skus: ['B', 'A'] } },
  })
  expect([store.bitmap('d1', 'a') === held, held?.answers?.plain.body.toString('hex'), heard]).toEqual([
    true,
    '0a40',
    ['d1/a'],
  ])
  store.set('ber', 'A', 0)
  store.publish()
  expect(held?.answers?.plain.body.toString('hex')).toBe('0a00')
})

test('a list or a device that is removed has no answers any more, and follows no flags', () => {
  snapshot({ A: 3, B: 0 })
  const held = store.bitmap('d1', 'a')
  store.setDevice('d1', undefined)
  expect([held?.answers, store.bitmap('d1', 'a'), heard.at(-1)]).toEqual([undefined, undefined, 'd1/a'])
  heard.length = 0
  store.set('ber', 'A', 0)
  store.publish()
  expect(heard).toEqual(['A'])
})

test('what a new snapshot does not name is forgotten', () => {
  snapshot({ A: 3, B: 0 })
  const gone = store.flag('ber', 'B')
  snapshot({ A: 3 })
  expect(store.flag('ber', 'B')).toBeUndefined()
  expect(gone?.answers).toBeUndefined()
  expect(store.bitmap('d1', 'a')?.answers).toBeUndefined()
})

test('the same object is changed, so that who holds it sees the newest answer', () => {
  snapshot({ A: 3 })
  const flag = store.flag('ber', 'A')
  store.set('ber', 'A', 0)
  expect(flag?.answers?.plain.body.toString()).toBe('0')
})

test('SKUs and stores that could not stand in a path or a topic are left out', () => {
  snapshot({ 'a/b': 1, '#': 1, '+': 1, '': 1, A: 1 })
  expect([...store.flags()].map(({ sku }) => sku)).toEqual(['A'])
})

test('flags are served until the last confirmation is 300 s old', () => {
  expect(store.serving).toBe(false)
  snapshot({ A: 3 })
  vi.advanceTimersByTime(200_000)
  store.confirm()
  vi.advanceTimersByTime(299_999)
  expect(store.serving).toBe(true)
  vi.advanceTimersByTime(1)
  expect([store.serving, heard.at(-1)]).toEqual([false, 'lost'])
  store.confirm()
  expect([store.serving, heard.at(-1)]).toEqual([true, 'live'])
})

test.each([
  [0, 0, 300],
  [0, 0.999_999, 270],
  [100, 0, 200],
  [100, 0.5, 190],
  [299.5, 0.5, 1],
])('%d s after the confirmation, with a jitter of %d, an answer is fresh for %i s', (age, jitter, maxAge) => {
  vi.spyOn(Math, 'random').mockReturnValue(jitter)
  snapshot({ A: 3 })
  vi.advanceTimersByTime(age * 1000)
  expect(store.maxAgeS()).toBe(maxAge)
  vi.restoreAllMocks()
})
