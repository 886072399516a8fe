import type { Price as UpstreamPrice } from '@harbor/shared-clients'
import { formatMoney } from '@harbor/shared-runtime/money'
import { builder } from '../builder.ts'
import { PRICES } from './lifetimes.ts'
import { oneRow } from './limits.ts'
import { Money } from './money.ts'
import { Product } from './product.ts'

const Price = builder.objectRef<UpstreamPrice>('Price').implement({
  description: 'What the customer pays now.',
  fields: (t) => ({
    amount: t.expose('saleMinor', {
      type: 'SafeInt',
      access: 'public',
      description: 'Minor units of the currency.',
    }),
    currency: t.exposeString('currency', { access: 'public', description: 'ISO 4217.' }),
    formatted: t.string({
      access: 'public',
      description: 'In the language of the request.',
      resolve: ({ saleMinor, currency }, _, { locale }) =>
        formatMoney({ amountMinor: saleMinor, currency }, locale),
    }),
    list: t.field({
      type: Money,
      access: 'public',
      description: 'Before the discount.',
      resolve: ({ listMinor, currency }) => ({ amountMinor: listMinor, currency }),
    }),
    discountBasisPoints: t.expose('discountBasisPoints', {
      type: 'SafeInt',
      access: 'public',
      description: 'Hundredths of a percent off the list price.',
    }),
  }),
})

builder.objectField(Product, 'price', (t) =>
  t.field({
    type: Price,
    access: 'public',
    nullable: true,
    description: 'What it costs now; `null` without an error when it has no price.',
    asks: 'pricing.prices',
    lifetime: PRICES,
    complexity: oneRow,
    resolve: ({ sku }, _, { loaders }) => loaders.price.load(sku),
  }),
)
