import type { SkuStock } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { STOCK } from './lifetimes.ts'
import { oneRow } from './limits.ts'
import { openEnum } from './open-enum.ts'
import { Product } from './product.ts'

export const Warehouse = openEnum('Warehouse', {
  description: 'Where stock is, by city.',
  words: { BERLIN: 'ber', HAMBURG: 'ham', MUNICH: 'muc', PARIS: 'par', TOKYO: 'tyo' },
})

export type Level = Pick<SkuStock['warehouses'][number], 'warehouse' | 'available'> & { sku: string }

export const WarehouseStock = builder.objectRef<Level>('WarehouseStock').implement({
  description: 'How many of a SKU are in one warehouse.',
  fields: (t) => ({
    sku: t.exposeString('sku', { access: 'public', description: 'What is stored.' }),
    warehouse: t.field({
      type: Warehouse.type,
      access: 'public',
      nullable: true,
      description: 'Where it is stored.',
      resolve: ({ warehouse }) => Warehouse.word(warehouse),
    }),
    available: t.expose('available', {
      type: 'SafeInt',
      access: 'public',
      description: 'How many can be sold.',
    }),
  }),
})

builder.objectField(Product, 'stock', (t) =>
  t.field({
    type: [WarehouseStock],
    access: 'public',
    nullable: true,
    description: 'How many there are, one entry a warehouse.',
    asks: 'inventory.stock',
    lifetime: STOCK,
    complexity: oneRow,
    resolve: async ({ sku }, _, { loaders }) =>
      (await loaders.stock.load(sku))?.warehouses.map((level) => ({ ...level, sku })),
  }),
)
