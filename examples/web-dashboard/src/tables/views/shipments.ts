import { ShipmentsTable } from '../../gen/operations.ts'
import { oneOf, orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

const STATUSES = ['ANNOUNCED', 'IN_TRANSIT', 'DELIVERED', 'RETURNED'] as const

export const shipments = defineTable({
  title: 'Shipments',
  one: 'shipment',
  operation: ShipmentsTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { orderId: asked.filter.orderId, status: oneOf(STATUSES, asked.filter.status) },
    sort: orderOf(['ORDER'], asked),
  }),
  pick: ({ administration }) => administration.shipments,
  columns: [
    { name: 'Shipment', value: ({ id }) => id },
    { name: 'Order', value: ({ orderId }) => orderId, sort: 'ORDER' },
    { name: 'Status', kind: 'word', value: ({ status }) => status },
    { name: 'Carrier', value: ({ carrier }) => carrier },
    { name: 'Tracking code', value: ({ trackingCode }) => trackingCode },
    { name: 'Expected', kind: 'instant', value: (row) => row.estimatedDelivery },
    { name: 'Cost', kind: 'money', value: ({ cost }) => cost.formatted },
  ],
  filters: [
    { name: 'orderId', label: 'Order id', hint: 'o104988' },
    { name: 'status', label: 'Status', words: STATUSES },
  ],
  trail: ({ audit }) => audit,
  orderId: ({ orderId }) => orderId,
})
