import type { Order as UpstreamOrder } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { connectionType } from './connection.ts'
import { oneRow } from './limits.ts'
import { Money } from './money.ts'
import { openEnum } from './open-enum.ts'
import { Product } from './product.ts'
import { Shipment } from './shipment.ts'

export const OrderStatus = openEnum('OrderStatus', {
  description: 'Where an order is on its way to the customer.',
  words: {
    RECEIVED: 'PLACED',
    CONFIRMED: 'PAYMENT_AUTHORISED',
    PREPARING: 'PICKING',
    ON_ITS_WAY: 'SHIPPED',
    DELIVERED: 'DELIVERED',
    CANCELLED: 'CANCELLED',
    RETURNED: 'RETURNED',
  },
})

const OrderLine = builder.objectRef<UpstreamOrder['lines'][number]>('OrderLine').implement({
  description: 'So many of one product in an order.',
  fields: (t) => ({
    sku: t.exposeString('sku', { access: 'customer', description: 'What was ordered.' }),
    name: t.exposeString('name', { access: 'customer', description: 'Name of the product.' }),
    imageUrl: t.exposeString('imageUrl', {
      access: 'customer',
      description: 'Takes `?w=` for a width in pixels.',
    }),
    quantity: t.expose('quantity', { type: 'SafeInt', access: 'customer', description: 'How many of it.' }),
    unitPrice: t.field({
      type: Money,
      access: 'customer',
      description: 'Price of one.',
      resolve: ({ unit }) => unit,
    }),
    total: t.field({
      type: Money,
      access: 'customer',
      description: 'Price of the whole line.',
      resolve: ({ total }) => total,
    }),
    product: t.field({
      type: Product,
      access: 'customer',
      nullable: true,
      description: 'The product as it is now.',
      asks: 'catalog.byIds',
      complexity: oneRow,
      resolve: ({ productId }, _, { loaders }) => loaders.product.load(productId),
    }),
  }),
})

export const Order = builder.objectRef<UpstreamOrder>('Order').implement({
  description: 'An order of the customer who asks.',
  fields: (t) => ({
    number: t.exposeString('number', { access: 'customer', description: 'As the customer knows it.' }),
    status: t.field({
      type: OrderStatus.type,
      access: 'customer',
      nullable: true,
      description: 'Where it is on its way.',
      resolve: ({ status }) => OrderStatus.word(status),
    }),
    placedAt: t.expose('placedAt', {
      type: 'DateTime',
      access: 'customer',
      description: 'When it was ordered.',
    }),
    total: t.field({
      type: Money,
      access: 'customer',
      description: 'What was charged.',
      resolve: ({ total }) => total,
    }),
    lines: t.field({
      type: [OrderLine],
      access: 'customer',
      description: 'What was ordered, one line a product.',
      resolve: ({ lines }) => lines,
    }),
    shipment: t.field({
      type: Shipment,
      access: 'customer',
      nullable: true,
      description: 'Its parcel; `null` without an error while there is none.',
      asks: 'shipping.ofOrders',
      complexity: oneRow,
      resolve: ({ id }, _, { loaders }) => loaders.shipmentOfOrder.load(id),
    }),
  }),
})

export const OrderConnection = connectionType('Order', Order, 'customer')
