import type { CartRow } from '@harbor/shared-clients'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId } from './filters.ts'

defineTable('carts', {
  row: 'CartRow',
  description: 'What a customer is about to order.',
  columns: (column: Columns<CartRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    customerId: column.id('Id of the customer.', ({ customerId }) => customerId),
    customer: column.customer(({ customerId }) => customerId),
    lines: column.count('How many products are in it.', ({ lines }) => lines.length),
    pieces: column.count('How many pieces are in it.', ({ lines }) =>
      lines.reduce((sum, { quantity }) => sum + quantity, 0),
    ),
    country: column.text('Where it would be sent, ISO 3166.', ({ destination }) => destination.country),
    currency: column.text('ISO 4217.', ({ currency }) => currency),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: { customerId: byId('Of this customer.') },
  sorts: { ID: 'id' },
  asks: 'cart.rows',
  list: ({ cart }, page, filters) => cart.rows({ ...page, ...filters }),
})
