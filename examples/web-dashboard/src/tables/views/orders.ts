import { StaffOrdersTable } from '../../gen/operations.ts'
import { oneOf, orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

const STATUSES = [
  'RECEIVED',
  'CONFIRMED',
  'PREPARING',
  'ON_ITS_WAY',
  'DELIVERED',
  'CANCELLED',
  'RETURNED',
] as const

export const orders = defineTable({
  title: 'Orders',
  one: 'order',
  operation: StaffOrdersTable,
  variables: (asked) => ({
    first: asked.first,
    filter: {
      number: asked.filter.number,
      customerId: asked.filter.customerId,
      status: oneOf(STATUSES, asked.filter.status),
    },
    sort: orderOf(['PLACED_AT'], asked),
  }),
  pick: ({ administration }) => administration.orders,
  columns: [
    { name: 'Order', value: ({ number }) => number },
    { name: 'Customer', value: ({ customer }) => customer?.displayName },
    { name: 'Customer id', value: ({ customerId }) => customerId },
    { name: 'Status', kind: 'word', value: ({ status }) => status },
    { name: 'Placed', kind: 'instant', value: ({ placedAt }) => placedAt, sort: 'PLACED_AT' },
    { name: 'Products', kind: 'number', value: ({ lines }) => lines },
    { name: 'Total', kind: 'money', value: ({ total }) => total.formatted },
  ],
  filters: [
    { name: 'number', label: 'Number', hint: 'HC-2026-104988' },
    { name: 'customerId', label: 'Customer id', hint: 'c1001' },
    { name: 'status', label: 'Status', words: STATUSES },
  ],
  trail: ({ audit }) => audit,
  history: ({ events }) => events,
  orderId: ({ id }) => id,
})
