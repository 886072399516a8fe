import type { AuditEvent } from '@harbor/shared-clients'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId } from './filters.ts'

defineTable('auditEvents', {
  row: 'AuditEvent',
  description: 'Something that happened to an order.',
  columns: (column: Columns<AuditEvent>) => ({
    id: column.id('Stable.', ({ id }) => id),
    orderId: column.id('Id of the order.', ({ orderId }) => orderId),
    at: column.instant('When.', ({ at }) => at),
    actor: column.text('By whom.', ({ actor }) => actor),
    action: column.text('What, as the service calls it.', ({ action }) => action),
    note: column.text('More of it, in words.', ({ note }) => note),
  }),
  filters: { orderId: byId('Of this order.'), action: byId('With this action, such as SHIPPED.') },
  sorts: { ORDER: 'order' },
  asks: 'orders.auditEvents',
  list: ({ orders }, page, filters) => orders.auditEvents({ ...page, ...filters }),
})
