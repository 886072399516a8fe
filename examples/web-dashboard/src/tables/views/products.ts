import { ProductsTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

export const products = defineTable({
  title: 'Products',
  one: 'product',
  operation: ProductsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { category: asked.filter.category },
    sort: orderOf(['NUMBER', 'NAME', 'BRAND'], asked),
    finance: asked.roles.includes('finance'),
  }),
  pick: ({ administration }) => administration.products,
  columns: [
    { name: 'SKU', value: ({ sku }) => sku, sort: 'NUMBER' },
    { name: 'Name', value: ({ name }) => name, sort: 'NAME' },
    { name: 'Brand', value: ({ brand }) => brand, sort: 'BRAND' },
    { name: 'Category', value: ({ category }) => category },
    { name: 'Sold', kind: 'flag', value: ({ isActive }) => isActive },
    { name: 'Cost', kind: 'money', role: 'finance', value: (row) => row.wholesaleCost?.formatted },
    { name: 'Margin', kind: 'percent', role: 'finance', value: ({ margin }) => margin },
    { name: 'Changed', kind: 'instant', value: ({ audit }) => audit.updatedAt },
  ],
  filters: [{ name: 'category', label: 'Category', hint: 'cat-01' }],
  trail: ({ audit }) => audit,
})
