import { PromotionsTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

export const promotions = defineTable({
  title: 'Promotions',
  one: 'promotion',
  operation: PromotionsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { sku: asked.filter.sku },
    sort: orderOf(['ID', 'ENDS_AT', 'DISCOUNT'], asked),
  }),
  pick: ({ administration }) => administration.promotions,
  columns: [
    { name: 'Promotion', value: ({ id }) => id, sort: 'ID' },
    { name: 'Label', value: ({ label }) => label },
    { name: 'SKU', value: ({ sku }) => sku },
    { name: 'Campaign', value: ({ campaign }) => campaign },
    { name: 'Discount', kind: 'percent', value: (row) => row.discountBasisPoints, sort: 'DISCOUNT' },
    { name: 'Starts', kind: 'instant', value: ({ startsAt }) => startsAt },
    { name: 'Ends', kind: 'instant', value: ({ endsAt }) => endsAt, sort: 'ENDS_AT' },
  ],
  filters: [{ name: 'sku', label: 'SKU', hint: 'HB-1001' }],
  trail: ({ audit }) => audit,
})
