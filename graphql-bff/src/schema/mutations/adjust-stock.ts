import { ProblemError } from '@harbor/shared-runtime/problems'
import { z } from 'zod'
import { builder } from '../../builder.ts'
import { guardedMutation } from '../../writes/mutation.ts'
import { assertId } from '../limits.ts'
import { type Level, Warehouse, WarehouseStock } from '../stock.ts'
import { UnknownSku } from './errors.ts'

guardedMutation({
  name: 'adjustStock',
  access: 'staff',
  description: 'Sets how many of a product can be sold from a warehouse. For staff.',
  budgetMs: 1_500,
  asks: ['inventory.setStock'],
  input: builder.inputType('AdjustStockInput', {
    description: 'A level of stock as it was counted.',
    fields: (t) => ({
      idempotencyKey: t.id({
        required: true,
        description:
          'A new UUID for each adjustment; its retries have the same, so a late one overwrites nothing.',
      }),
      sku: t.id({ required: true, description: 'What was counted.' }),
      warehouse: t.field({ type: Warehouse.type, required: true, description: 'Where it was counted.' }),
      available: t.int({ required: true, description: 'How many can be sold from there.' }),
    }),
  }),
  payload: builder.objectRef<Level>('AdjustStockPayload').implement({
    description: 'The level is set.',
    fields: (t) => ({
      stock: t.field({
        type: WarehouseStock,
        access: 'public',
        description: 'As it was set.',
        resolve: (level) => level,
      }),
    }),
  }),
  kept: z.object({ sku: z.string(), warehouse: z.string(), available: z.int() }),
  errors: [UnknownSku],

  async run({ sku, warehouse, available }, { upstreams: { inventory } }) {
    assertId(sku)
    if (available < 0)
      throw new ProblemError('INVALID_REQUEST', `There cannot be ${available} of it: allowed are 0 and more.`)
    return inventory.setStock({ sku, warehouse: Warehouse.value(warehouse), available })
  },
})
