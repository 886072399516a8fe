import { PaymentsTable } from '../../gen/operations.ts'
import { oneOf, orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

const STATUSES = ['PENDING', 'AUTHORISED', 'CAPTURED', 'VOIDED', 'REFUNDED'] as const

export const payments = defineTable({
  title: 'Payments',
  one: 'payment',
  operation: PaymentsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { customerId: asked.filter.customerId, status: oneOf(STATUSES, asked.filter.status) },
    sort: orderOf(['CREATED_AT'], asked),
  }),
  pick: ({ administration }) => administration.payments,
  columns: [
    { name: 'Payment', value: ({ id }) => id },
    { name: 'Customer', value: ({ customer }) => customer?.displayName },
    { name: 'Customer id', value: ({ customerId }) => customerId },
    { name: 'Status', kind: 'word', value: ({ status }) => status },
    { name: 'Amount', kind: 'money', value: ({ amount }) => amount.formatted },
    { name: 'Made', kind: 'instant', value: ({ audit }) => audit.createdAt, sort: 'CREATED_AT' },
  ],
  filters: [
    { name: 'customerId', label: 'Customer id', hint: 'c1001' },
    { name: 'status', label: 'Status', words: STATUSES },
  ],
  trail: ({ audit }) => audit,
})
