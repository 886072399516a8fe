import type { OrderRow } from '@harbor/shared-clients'
import { OrderStatus } from '../order.ts'
import { AuditEntry } from './audit-entry.ts'
import { AuditTrail, trailOf } from './audit-trail.ts'
import type { Columns, FieldsOf } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId, byWord } from './filters.ts'

defineTable('orders', {
  row: 'OrderRow',
  description: 'An order of any customer.',
  columns: (column: Columns<OrderRow>, t: FieldsOf<OrderRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    number: column.text('As the customer knows it.', ({ number }) => number),
    customerId: column.id('Id of the customer.', ({ customerId }) => customerId),
    customer: column.customer(({ customerId }) => customerId),
    status: column.word(OrderStatus, 'Where it is on its way.', ({ status }) => status),
    placedAt: column.instant('When it was ordered.', ({ placedAt }) => placedAt),
    lines: column.count('How many products were ordered.', ({ lines }) => lines.length),
    total: column.money('What was charged.', ({ total }) => total),
    audit: t.field({
      type: AuditTrail,
      access: 'staff',
      nullable: true,
      description:
        'Who wrote the row first and last; `null` without an error while nothing is written of it.',
      resolve: ({ audit }) => trailOf(audit),
    }),
    events: t.field({
      type: [AuditEntry],
      access: 'staff',
      description: 'What happened to it, oldest first.',
      resolve: ({ audit }) => audit,
    }),
  }),
  filters: {
    customerId: byId('Of this customer.'),
    number: byId('With this number, such as HC-2026-100001.'),
    status: byWord(OrderStatus, 'With this status.'),
  },
  sorts: { PLACED_AT: 'placedAt' },
  asks: 'orders.rows',
  list: ({ orders }, page, filters) => orders.rows({ ...page, ...filters }),
})
