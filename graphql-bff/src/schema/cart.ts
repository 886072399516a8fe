import type { Cart as UpstreamCart, Quote as UpstreamQuote } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { oneRow } from './limits.ts'
import { Money } from './money.ts'
import { Product } from './product.ts'

type Line = UpstreamCart['lines'][number] & { cartId: string }

const Quote = builder.objectRef<UpstreamQuote>('Quote').implement({
  description: 'What the cart costs, before tax and shipping.',
  fields: (t) => ({
    subtotal: t.field({
      type: Money,
      access: 'customer',
      resolve: ({ subtotalMinor, currency }) => ({ amountMinor: subtotalMinor, currency }),
    }),
    discount: t.field({
      type: Money,
      access: 'customer',
      resolve: ({ discountMinor, currency }) => ({ amountMinor: discountMinor, currency }),
    }),
    total: t.field({
      type: Money,
      access: 'customer',
      resolve: ({ totalMinor, currency }) => ({ amountMinor: totalMinor, currency }),
    }),
  }),
})

const CartLine = builder.objectRef<Line>('CartLine').implement({
  fields: (t) => ({
    sku: t.exposeString('sku', { access: 'customer' }),
    name: t.exposeString('name', { access: 'customer' }),
    imageUrl: t.exposeString('imageUrl', { access: 'customer' }),
    quantity: t.exposeInt('quantity', { access: 'customer' }),
    total: t.field({
      type: Money,
      access: 'customer',
      nullable: true,
      description: "The line's part of the cart's quote.",
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
      complexity: oneRow,
      resolve: ({ productId }, _, { loaders }) => loaders.product.load(productId),
    }),
  }),
})

export const Cart = builder.objectRef<UpstreamCart>('Cart').implement({
  fields: (t) => ({
    lines: t.field({
      type: [CartLine],
      access: 'customer',
      resolve: ({ id, lines }) => lines.map((line) => ({ ...line, cartId: id })),
    }),
    quote: t.field({
      type: Quote,
      access: 'customer',
      nullable: true,
      complexity: oneRow,
      resolve: ({ id }, _, { loaders }) => loaders.quoteOfCart.load(id),
    }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', access: 'customer' }),
  }),
})
