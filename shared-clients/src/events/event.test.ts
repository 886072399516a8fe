import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type EventType, isAfter, isEventId, parseEvent } from './event.ts'
import { entityTags, GAP_TAGS, PRODUCT_LISTS, tagsOf } from './tags.ts'

const at = '2026-11-20T10:00:00.000Z'
const EXAMPLES: { [T in EventType]: { data: object; key: string; tags: string[] } } = {
  stock: {
    data: { sku: 'HB-1001', warehouse: 'ber', available: 3, reserved: 0 },
    key: 'HB-1001',
    tags: ['inventory:stock:HB-1001'],
  },
  price: {
    data: { sku: 'HB-1001', currency: 'EUR', listMinor: 1990, saleMinor: 990 },
    key: 'HB-1001',
    tags: ['pricing:price:HB-1001'],
  },
  product: {
    data: { id: 'p1001', sku: 'HB-1001', name: 'A pan', active: true },
    key: 'p1001',
    tags: ['catalog:product:p1001', PRODUCT_LISTS],
  },
  order: {
    data: { id: 'o100001', customerId: 'c1001', status: 'SHIPPED', at },
    key: 'o100001',
    tags: [],
  },
  notification: {
    data: {
      id: 'n1',
      customerId: 'c1001',
      kind: 'ORDER_SHIPPED',
      title: 'Order',
      body: 'On its way',
      createdAt: at,
    },
    key: 'c1001',
    tags: [],
  },
  inbox: { data: { customerId: 'c1001', unreadCount: 2 }, key: 'c1001', tags: [] },
}

test.each(Object.entries(EXAMPLES))('a change of %s has its key and its tags', (type, example) => {
  const event = parseEvent('7', type as EventType, JSON.stringify({ ...example.data, margin: 12 }))
  expect(event).toEqual({ id: '7', type, key: example.key, data: example.data })
  expect(tagsOf(event)).toEqual(example.tags)
  for (const tag of example.tags)
    expect(GAP_TAGS).toContain(tag === PRODUCT_LISTS ? tag : tag.slice(0, tag.lastIndexOf(':')))
})

test('an answer carries a tag that each change of what it is made of purges, and one for a gap', () => {
  const tags = entityTags({ product: ['p1001'], price: ['HB-1001', 'HB-1002'] })
  expect(tags).toContain(tagsOf({ type: 'product', key: 'p1001' })[0])
  for (const sku of ['HB-1001', 'HB-1002']) expect(tags).toContain(tagsOf({ type: 'price', key: sku })[0])
  expect(tags.filter((tag) => GAP_TAGS.includes(tag))).toEqual(['pricing:price', 'catalog:product'])
})

test('ids are ordered as the numbers that they are', () => {
  const number = fc.bigInt({ min: 0n, max: 10n ** 24n })
  const id = fc.tuple(number, fc.option(number, { nil: undefined }))
  const text = ([major, minor]: [bigint, bigint | undefined]) =>
    minor === undefined ? String(major) : `${major}-${minor}`
  fc.assert(
    fc.property(id, id, (a, b) => {
      const later = a[0] === b[0] ? (a[1] ?? 0n) > (b[1] ?? 0n) : a[0] > b[0]
      expect(isAfter(text(a), text(b))).toBe(later)
    }),
  )
  expect([isAfter('9', '10'), isAfter('10-2', '10-10'), isAfter('11-0', '10-99')]).toEqual([
    false,
    false,
    true,
  ])
})

test.each(['', 'abc', '-1', '1-', '1-2-3', '1.5', '0x10', ' 1'])('"%s" is not an id', (id) => {
  expect(isEventId(id)).toBe(false)
  expect(() => isAfter(id, '1')).toThrow(TypeError)
})
