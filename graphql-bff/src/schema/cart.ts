import type { Cart as UpstreamCart } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { oneRow } from './limits.ts'
import { Money } from './money.ts'
import { Product } from './product.ts'
import { Quote } from './quote.ts'

type Line = UpstreamCart['lines'][number] & { cartId: string }

const CartLine = builder.objectRef<Line>('CartLine').implement({
  description: 'So many of one product in a cart.',
  fields: (t) => ({
    sku: t.exposeString('sku', { access: 'customer', description: 'What would be ordered.' }),
    name: t.exposeString('name', { access: 'customer', description: 'Name of the product.' }),
    imageUrl: t.exposeString('imageUrl', {
      access: 'customer',
      description: 'Takes `?w=` for a width in pixels.',
    }),
    quantity: t.expose('quantity', { type: 'SafeInt', access: 'customer', description: 'How many of it.' }),
    total: t.field({
      type: Money,
      access: 'customer',
      nullable: true,
      description: "The line's part of the cart's quote.",
      asks: 'pricing.quote',
      complexity: oneRow,
      resolve: async ({ cartId, sku }, _, { loaders }) => {
        const quote = await loaders.quoteOfCart.load(cartId)
        const line = quote?.lines.find((quoted) => quoted.sku === sku)
        return quote && line && { amountMinor: line.totalMinor, currency: quote.currency }
      },
    }),
    product: t.field({
      type: Product,
      access: 'customer',
      nullable: true,
      description: 'All that is known of the product.',
      asks: 'catalog.byIds',
      complexity: oneRow,
      resolve: ({ productId }, _, { loaders }) => loaders.product.load(productId),
    }),
  }),
})

const Destination = builder.objectRef<UpstreamCart['destination']>('Destination').implement({
  description: 'The place that a cart would be sent to.',
  fields: (t) => ({
    country: t.exposeString('country', { access: 'customer', description: 'ISO 3166-1, two letters.' }),
    postalCode: t.exposeString('postalCode', { access: 'customer', description: 'As it is written there.' }),
  }),
})

export const Cart = builder.objectRef<UpstreamCart>('Cart').implement({
  description: 'What a customer is about to order.',
  fields: (t) => ({
    lines: t.field({
      type: [CartLine],
      access: 'customer',
      description: 'One line a product, in the order in which they were added.',
      resolve: ({ id, lines }) => lines.map((line) => ({ ...line, cartId: id })),
    }),
    quote: t.field({
      type: Quote,
      access: 'customer',
      nullable: true,
      description: 'What it costs now.',
      asks: 'pricing.quote',
      complexity: oneRow,
      resolve: ({ id }, _, { loaders }) => loaders.quoteOfCart.load(id),
    }),
    destination: t.field({
      type: Destination,
      access: 'customer',
      description: 'Where it would be sent: what tax and shipping depend on.',
      resolve: ({ destination }) => destination,
    }),
    version: t.expose('version', {
      type: 'SafeInt',
      access: 'customer',
      description: 'The state of the cart, which goes up with every change; a checkout names it.',
    }),
    updatedAt: t.expose('updatedAt', {
      type: 'DateTime',
      access: 'customer',
      description: 'When it was changed last.',
    }),
  }),
})
