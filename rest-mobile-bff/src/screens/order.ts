import { owned } from '@harbor/shared-edge/rest/owned'
import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { Money } from '../format/money.ts'
import { ShipmentStatus } from '../format/shipment-status.ts'
import { Thumbnail } from '../format/thumbnail.ts'
import { OrderId } from '../input.ts'
import { OrderCard, orderCard } from '../views/order-card.ts'

export const orderScreen = defineScreen({
  name: 'order',
  path: '/v1/orders/{id}',
  summary: 'One order: what was bought, and where the parcel is',
  version: 1,
  access: ['orders:read'],
  budgetMs: 400,
  cache: { scope: 'private', maxAge: 15 },
  params: z.object({ id: OrderId }),

  sources: ({ clients, optional, viewer, params }) => ({
    order: critical(clients.orders.byId(params.id).then((found) => owned(viewer, found))),
    shipping: optional(({ shipping }) => shipping.ofOrders([params.id])),
  }),

  view: OrderCard.extend({
    lines: z.array(
      z.object({
        productId: z.string(),
        sku: z.string(),
        name: z.string(),
        quantity: z.int(),
        unit: Money,
        total: Money,
        image: Thumbnail,
      }),
    ),
    shipments: z
      .array(
        z.object({
          status: ShipmentStatus,
          trackingCode: z.string(),
          expectedAt: z.iso.datetime(),
          expected: z.string().describe('In how many days, in the language of the request'),
        }),
      )
      .nullable()
      .describe('[]: none yet; null: not known now'),
  }),

  project: ({ order, shipping }, format) => ({
    ...orderCard(order, format),
    lines: order.lines.map(({ imageUrl, unit, total, ...line }) => ({
      ...line,
      unit: format.money(unit),
      total: format.money(total),
      image: format.thumbnail(imageUrl, 64),
    })),
    shipments:
      shipping &&
      [...shipping.values()].map(({ status, trackingCode, estimatedDelivery }) => ({
        status: format.shipmentStatus(status),
        trackingCode,
        expectedAt: estimatedDelivery,
        expected: format.relativeDay(estimatedDelivery),
      })),
  }),
})
