import type { Order } from './orders.ts'
import { random } from './random.ts'
import { DAY, HOUR, iso, money, NOW, recordAudit } from './reference.ts'

export const CARRIERS = [
  { code: 'DHLP', name: 'DHL Paket', service: 'STD' },
  { code: 'HERM', name: 'Hermes', service: 'ECO' },
  { code: 'UPSX', name: 'UPS Express', service: 'EXP' },
  { code: 'GLSB', name: 'GLS Business', service: 'STD' },
] as const

const STATUS: Partial<Record<Order['status'], string>> = {
  PAYMENT_AUTHORISED: 'LABEL_CREATED',
  PICKING: 'LABEL_CREATED',
  SHIPPED: 'IN_TRANSIT',
  DELIVERED: 'DELIVERED',
  RETURNED: 'RETURNED',
}

/** The status of the shipment of an order with this status. */
export const shipmentStatus = (of: Order['status']): string => STATUS[of] ?? 'LABEL_CREATED'

/** The parcel of an order, its status following the order's. */
export function shipmentFor(order: Order) {
  const number = Number(order.id.slice(1))
  const r = random('shipment', number)
  const carrier = r.pick(CARRIERS)
  const placedAt = Date.parse(order.placedAt)
  return {
    id: `shp${number}`,
    orderId: order.id,
    status: shipmentStatus(order.status),
    carrierCode: carrier.code,
    trackingCode: `${carrier.code}${r.int(1_000_000_000, 9_999_999_999)}`,
    estimatedDelivery: iso(
      Math.max(placedAt + r.int(2, 5) * DAY, order.status === 'SHIPPED' ? NOW + r.int(5, 50) * HOUR : 0),
    ),
    customerId: order.customerId,
    carrierAccount: `HRB-${r.int(10_000, 99_999)}`,
    cost: money(r.int(310, 1290)),
    parcels: [
      {
        weightGrams: r.int(400, 18_000),
        lengthMm: r.int(200, 1200),
        widthMm: r.int(150, 600),
        heightMm: r.int(80, 500),
      },
    ],
    scans: ['Label created', 'Parcel centre Hamburg-Allermöhe', 'Parcel centre Berlin-Südost'].map(
      (place, i) => ({
        place,
        at: iso(placedAt + (i + 1) * r.int(6, 12) * HOUR),
      }),
    ),
    audit: recordAudit(number, placedAt, 'shipping'),
  }
}
