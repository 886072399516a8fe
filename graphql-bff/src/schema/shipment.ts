import type { Shipment as UpstreamShipment } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { openEnum } from './open-enum.ts'

export const ShipmentStatus = openEnum('ShipmentStatus', {
  description: 'Where a parcel is.',
  words: {
    ANNOUNCED: 'LABEL_CREATED',
    IN_TRANSIT: 'IN_TRANSIT',
    DELIVERED: 'DELIVERED',
    RETURNED: 'RETURNED',
  },
})

export const Shipment = builder.objectRef<UpstreamShipment>('Shipment').implement({
  description: 'The parcel of an order.',
  fields: (t) => ({
    status: t.field({
      type: ShipmentStatus.type,
      access: 'customer',
      nullable: true,
      description: 'Where the parcel is.',
      resolve: ({ status }) => ShipmentStatus.word(status),
    }),
    trackingCode: t.exposeString('trackingCode', { access: 'customer', description: "The carrier's code." }),
    estimatedDelivery: t.exposeString('estimatedDelivery', {
      access: 'customer',
      description: 'When it should arrive, ISO 8601.',
    }),
  }),
})
