import type { ProductRow } from '@harbor/shared-clients'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId } from './filters.ts'

defineTable('products', {
  row: 'ProductRow',
  description: 'A product as the catalog keeps it.',
  columns: (column: Columns<ProductRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    sku: column.text('What is ordered.', ({ sku }) => sku),
    name: column.text('As customers see it.', ({ name }) => name),
    brand: column.text('Who makes it.', ({ brand }) => brand),
    categoryId: column.id('Id of the category.', ({ categoryId }) => categoryId),
    category: column.text('The category that it is in.', ({ categoryName }) => categoryName),
    isActive: column.flag('Whether it is sold.', ({ active }) => active),
    wholesaleCost: column.moneyFor('finance', 'What it costs us. For finance.', (row) => row.wholesaleCost),
    margin: column.countFor('finance', 'Basis points of the price. For finance.', ({ margin }) => margin),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: { category: byId('What is in this category.') },
  sorts: { NUMBER: 'number', NAME: 'name', BRAND: 'brand' },
  asks: 'catalog.rows',
  list: ({ catalog }, page, filters) => catalog.rows({ ...page, ...filters }),
})
