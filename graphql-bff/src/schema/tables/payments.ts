import type { PaymentRow } from '@harbor/shared-clients'
import { openEnum } from '../open-enum.ts'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId, byWord } from './filters.ts'

const PaymentStatus = openEnum('PaymentStatus', {
  description: 'Where the money of a payment is.',
  words: {
    PENDING: 'PENDING',
    AUTHORISED: 'AUTHORISED',
    CAPTURED: 'CAPTURED',
    VOIDED: 'VOIDED',
    REFUNDED: 'REFUNDED',
  },
})

defineTable('payments', {
  row: 'PaymentRow',
  description: 'What a customer pays, or was to pay.',
  columns: (column: Columns<PaymentRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    customerId: column.id('Id of the customer.', ({ customerId }) => customerId),
    customer: column.customer(({ customerId }) => customerId),
    status: column.word(PaymentStatus, 'Where the money is.', ({ status }) => status),
    amount: column.money('How much it is.', ({ amount }) => amount),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: {
    customerId: byId('Of this customer.'),
    status: byWord(PaymentStatus, 'With this status.'),
  },
  sorts: { CREATED_AT: 'createdAt' },
  asks: 'payments.rows',
  list: ({ payments }, page, filters) => payments.rows({ ...page, ...filters }),
})
