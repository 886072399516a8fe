import { PricesTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

export const prices = defineTable({
  title: 'Prices',
  one: 'price',
  operation: PricesTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { sku: asked.filter.sku },
    sort: orderOf(['SKU', 'SALE', 'DISCOUNT'], asked),
  }),
  pick: ({ administration }) => administration.prices,
  columns: [
    { name: 'SKU', value: ({ sku }) => sku, sort: 'SKU' },
    { name: 'List price', kind: 'money', value: ({ list }) => list.formatted },
    { name: 'Price', kind: 'money', value: ({ sale }) => sale.formatted, sort: 'SALE' },
    { name: 'Discount', kind: 'percent', value: (row) => row.discountBasisPoints, sort: 'DISCOUNT' },
    { name: 'Price list', value: ({ priceList }) => priceList },
    { name: 'Valid until', kind: 'instant', value: ({ validUntil }) => validUntil },
  ],
  filters: [{ name: 'sku', label: 'SKU', hint: 'HB-1001' }],
  trail: ({ audit }) => audit,
})
