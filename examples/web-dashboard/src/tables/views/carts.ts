import { CartsTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

export const carts = defineTable({
  title: 'Carts',
  one: 'cart',
  operation: CartsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { customerId: asked.filter.customerId },
    sort: orderOf(['ID'], asked),
  }),
  pick: ({ administration }) => administration.carts,
  columns: [
    { name: 'Cart', value: ({ id }) => id, sort: 'ID' },
    { name: 'Customer', value: ({ customer }) => customer?.displayName },
    { name: 'Customer id', value: ({ customerId }) => customerId },
    { name: 'Products', kind: 'number', value: ({ lines }) => lines },
    { name: 'Pieces', kind: 'number', value: ({ pieces }) => pieces },
    { name: 'Country', value: ({ country }) => country },
    { name: 'Currency', value: ({ currency }) => currency },
    { name: 'Changed', kind: 'instant', value: ({ audit }) => audit.updatedAt },
  ],
  filters: [{ name: 'customerId', label: 'Customer id', hint: 'c1001' }],
  trail: ({ audit }) => audit,
})
