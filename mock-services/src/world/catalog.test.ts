import { expect, test } from 'vitest'
import { createWorld } from './index.ts'

test('a product that is added is listed, found and priced; one that is removed is nowhere, for good', () => {
  const { catalog, prices } = createWorld()
  const before = catalog.inCategory(null).length
  const { id, sku } = catalog.add()
  expect([id, sku]).toEqual(['p3001', 'HB-3001'])
  expect(catalog.inCategory(null)).toHaveLength(before + 1)
  expect(catalog.bySku(sku)).toBe(catalog.byId(id))
  expect(prices.of(sku, 'EUR')?.sale_minor).toBeGreaterThan(0)
  for (const gone of [id, 'p1001']) expect(catalog.remove(gone)).toBe(true)
  expect(catalog.remove(id)).toBe(false)
  expect([catalog.byId(id), catalog.byId('p1001'), prices.of('HB-1001', 'EUR')]).toEqual(
    Array(3).fill(undefined),
  )
  expect(catalog.inCategory(null).map((head) => head.id)).not.toContain('p1001')
  expect(catalog.add().id).toBe('p3002')
})

test('each of these is an event of the product', async () => {
  const { catalog, events } = createWorld()
  const start = events.lastId()
  const { id } = catalog.add()
  catalog.change(id, { name: 'Renamed' })
  catalog.remove(id)
  const heard: unknown[] = []
  for await (const item of events.follow(start, { signal: new AbortController().signal })) {
    if ('data' in item) heard.push(item.data)
    if (heard.length === 3) break
  }
  expect(heard).toMatchObject([{ id, active: true }, { name: 'Renamed' }, { active: false }])
})
