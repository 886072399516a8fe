import type { StockRow } from '@harbor/shared-clients'
import { Warehouse } from '../stock.ts'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId, byWord } from './filters.ts'

defineTable('stockItems', {
  row: 'StockItem',
  description: 'How many of a SKU are in one warehouse.',
  columns: (column: Columns<StockRow>) => ({
    sku: column.text('What is stored.', ({ sku }) => sku),
    warehouse: column.word(Warehouse, 'Where it is stored.', ({ warehouse }) => warehouse),
    available: column.count('How many can be sold.', ({ available }) => available),
    reserved: column.count('How many are set aside for orders.', ({ reserved }) => reserved),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: { sku: byId('Of this SKU.'), warehouse: byWord(Warehouse, 'In this warehouse.') },
  sorts: { SKU: 'sku', AVAILABLE: 'available' },
  asks: 'inventory.rows',
  list: ({ inventory }, page, filters) => inventory.rows({ ...page, ...filters }),
})
