import type { ShipmentRow } from '@harbor/shared-clients'
import { ShipmentStatus } from '../shipment.ts'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId, byWord } from './filters.ts'

defineTable('shipments', {
  row: 'ShipmentRow',
  description: 'The parcel of an order.',
  columns: (column: Columns<ShipmentRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    orderId: column.id('Id of the order.', ({ orderId }) => orderId),
    status: column.word(ShipmentStatus, 'Where the parcel is.', ({ status }) => status),
    carrier: column.text('Code of the carrier.', ({ carrierCode }) => carrierCode),
    trackingCode: column.text("The carrier's code of the parcel.", ({ trackingCode }) => trackingCode),
    estimatedDelivery: column.text('When it should arrive, ISO 8601.', (row) => row.estimatedDelivery),
    cost: column.money('What it costs us.', ({ cost }) => cost),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: { orderId: byId('Of this order.'), status: byWord(ShipmentStatus, 'With this status.') },
  sorts: { ORDER: 'order' },
  asks: 'shipping.rows',
  list: ({ shipping }, page, filters) => shipping.rows({ ...page, ...filters }),
})
