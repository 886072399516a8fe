import type { Order as UpstreamOrder, OrderStatus as UpstreamStatus } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { oneRow } from './limits.ts'
import { Money } from './money.ts'
import { Product } from './product.ts'

const OrderStatus = builder.enumType('OrderStatus', {
  values: ['RECEIVED', 'CONFIRMED', 'PREPARING', 'ON_ITS_WAY', 'DELIVERED', 'CANCELLED', 'RETURNED'] as const,
})

/** Our words for the orders service's. */
const STATUSES: Readonly<Record<UpstreamStatus, typeof OrderStatus.$inferType>> = {
  PLACED: 'RECEIVED',
  PAYMENT_AUTHORISED: 'CONFIRMED',
  PICKING: 'PREPARING',
  SHIPPED: 'ON_ITS_WAY',
  DELIVERED: 'DELIVERED',
  CANCELLED: 'CANCELLED',
  RETURNED: 'RETURNED',
}

const OrderLine = builder.objectRef<UpstreamOrder['lines'][number]>('OrderLine').implement({
  fields: (t) => ({
    sku: t.exposeString('sku', { access: 'customer' }),
    name: t.exposeString('name', { access: 'customer' }),
    imageUrl: t.exposeString('imageUrl', { access: 'customer' }),
    quantity: t.exposeInt('quantity', { access: 'customer' }),
    unitPrice: t.field({ type: Money, access: 'customer', resolve: ({ unit }) => unit }),
    total: t.field({ type: Money, access: 'customer', resolve: ({ total }) => total }),
    product: t.field({
      type: Product,
      access: 'customer',
      nullable: true,
      complexity: oneRow,
      resolve: ({ productId }, _, { loaders }) => loaders.product.load(productId),
    }),
  }),
})

export const Order = builder.objectRef<UpstreamOrder>('Order').implement({
  fields: (t) => ({
    number: t.exposeString('number', { access: 'customer', description: 'As the customer knows it.' }),
    status: t.field({ type: OrderStatus, access: 'customer', resolve: ({ status }) => STATUSES[status] }),
    placedAt: t.expose('placedAt', { type: 'DateTime', access: 'customer' }),
    total: t.field({ type: Money, access: 'customer', resolve: ({ total }) => total }),
    lines: t.field({ type: [OrderLine], access: 'customer', resolve: ({ lines }) => lines }),
  }),
})
