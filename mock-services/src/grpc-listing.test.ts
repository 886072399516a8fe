import { expect, test } from 'vitest'
import { GrpcRefusal } from './grpc-service.ts'
import { inventoryMethods } from './services/inventory.ts'
import { pricingMethods } from './services/pricing.ts'
import { createWorld } from './world/index.ts'

const world = createWorld()
const methods = { ...inventoryMethods(world), ...pricingMethods(world) }
const STAFF = { sub: 's1', clientId: 'web-bff', roles: ['staff'], isClient: false }
const CUSTOMER = { ...STAFF, sub: 'c1001', roles: ['customer'] }
const usual = { cursor: '', limit: 3, sort: '', sku: '', warehouse: '' }

const list = (method: 'ListStock' | 'ListPrices', asked: object = {}, caller = STAFF) =>
  methods[method]?.({ ...usual, ...asked }, caller, new AbortController().signal)

test('levels are listed by SKU and warehouse, and say who changed them', () => {
  expect(list('ListStock')).toMatchObject({
    items: ['ber', 'ham', 'muc'].map((warehouse) => ({ sku: 'HB-1001', warehouse })),
    total_count: 10_000,
  })
  world.stock.set('ber', 'HB-1501', 4_000, 'staff:s1')
  expect(list('ListStock', { sort: '-available', limit: 1 })).toMatchObject({
    items: [
      {
        sku: 'HB-1501',
        available: 4_000,
        audit: { updated_by: 'staff:s1', revision: 5 },
      },
    ],
  })
  expect(list('ListStock', { sku: 'HB-1501', warehouse: 'tyo' })).toMatchObject({ total_count: 1 })
})

test('prices are listed with what is in the assortment now', () => {
  const { sku } = world.catalog.add()
  expect(list('ListPrices', { sku })).toMatchObject({ items: [{ sku }], total_count: 1, next_cursor: '' })
  world.prices.set('HB-1400', 1, 'staff:s1')
  expect(list('ListPrices', { sort: 'sale', limit: 1 })).toMatchObject({
    items: [{ sku: 'HB-1400', audit: { updated_by: 'staff:s1' } }],
  })
})

test('neither is for a customer, and a sort or a cursor that is none is refused', () => {
  for (const method of ['ListStock', 'ListPrices'] as const) {
    expect(() => list(method, {}, CUSTOMER)).toThrow(GrpcRefusal)
    for (const wrong of [{ sort: 'constructor' }, { cursor: 'x' }, { limit: 101 }])
      expect(() => list(method, wrong)).toThrow(/allowed|one of|1 to 100|not one/)
  }
})
