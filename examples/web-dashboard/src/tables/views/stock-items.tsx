import { StockItemsTable } from '../../gen/operations.ts'
import { oneOf, orderOf } from '../asked.ts'
import { StockLevel } from '../stock/stock-level.tsx'
import { defineTable } from '../table.ts'

const WAREHOUSES = ['BERLIN', 'HAMBURG', 'MUNICH', 'PARIS', 'TOKYO'] as const

export const stockItems = defineTable({
  title: 'Stock',
  one: 'stock item',
  operation: StockItemsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { sku: asked.filter.sku, warehouse: oneOf(WAREHOUSES, asked.filter.warehouse) },
    sort: orderOf(['SKU', 'AVAILABLE'], asked),
  }),
  pick: ({ administration }) => administration.stockItems,
  columns: [
    { name: 'SKU', value: ({ sku }) => sku, sort: 'SKU' },
    { name: 'Warehouse', kind: 'word', value: ({ warehouse }) => warehouse },
    {
      name: 'Available',
      kind: 'number',
      value: ({ available }) => available,
      sort: 'AVAILABLE',
      control: ({ sku, warehouse, available }) =>
        warehouse && <StockLevel level={{ sku, warehouse, available }} />,
    },
    { name: 'Reserved', kind: 'number', value: ({ reserved }) => reserved },
    { name: 'Changed', kind: 'instant', value: ({ audit }) => audit.updatedAt },
    { name: 'Changed by', value: ({ audit }) => audit.updatedBy },
  ],
  filters: [
    { name: 'sku', label: 'SKU', hint: 'HB-1001' },
    { name: 'warehouse', label: 'Warehouse', words: WAREHOUSES },
  ],
  trail: ({ audit }) => audit,
})
