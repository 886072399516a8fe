import { AuditEventsTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

export const auditEvents = defineTable({
  title: 'Audit events',
  one: 'event',
  operation: AuditEventsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { orderId: asked.filter.orderId, action: asked.filter.action },
    sort: orderOf(['ORDER'], asked),
  }),
  pick: ({ administration }) => administration.auditEvents,
  columns: [
    { name: 'Event', value: ({ id }) => id },
    { name: 'Order', value: ({ orderId }) => orderId, sort: 'ORDER' },
    { name: 'When', kind: 'instant', value: ({ at }) => at },
    { name: 'By', value: ({ actor }) => actor },
    { name: 'What', kind: 'word', value: ({ action }) => action },
    { name: 'Note', value: ({ note }) => note },
  ],
  filters: [
    { name: 'orderId', label: 'Order id', hint: 'o104988' },
    { name: 'action', label: 'Action', hint: 'SHIPPED' },
  ],
  orderId: ({ orderId }) => orderId,
})
