import type { SkuStock } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { oneRow } from './limits.ts'
import { Product } from './product.ts'

const Warehouse = builder.enumType('Warehouse', {
  description: 'Where stock is, by city.',
  values: ['BERLIN', 'HAMBURG', 'MUNICH', 'PARIS', 'TOKYO', 'OTHER'] as const,
})

/** Inventory's own codes do not leave; a warehouse that is new to us still counts. */
const WAREHOUSES = new Map<string, typeof Warehouse.$inferType>([
  ['ber', 'BERLIN'],
  ['ham', 'HAMBURG'],
  ['muc', 'MUNICH'],
  ['par', 'PARIS'],
  ['tyo', 'TOKYO'],
])

const WarehouseStock = builder.objectRef<SkuStock['warehouses'][number]>('WarehouseStock').implement({
  fields: (t) => ({
    warehouse: t.field({
      type: Warehouse,
      access: 'public',
      resolve: ({ warehouse }) => WAREHOUSES.get(warehouse) ?? 'OTHER',
    }),
    available: t.exposeInt('available', { access: 'public' }),
  }),
})

builder.objectField(Product, 'stock', (t) =>
  t.field({
    type: [WarehouseStock],
    access: 'public',
    nullable: true,
    complexity: oneRow,
    resolve: async ({ sku }, _, { loaders }) => (await loaders.stock.load(sku))?.warehouses,
  }),
)
