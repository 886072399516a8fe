import type { Quote as UpstreamQuote } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { Money } from './money.ts'

export const Quote = builder.objectRef<UpstreamQuote>('Quote').implement({
  description: 'What the cart costs, before tax and shipping.',
  fields: (t) => ({
    subtotal: t.field({
      type: Money,
      access: 'customer',
      description: 'Before the discount.',
      resolve: ({ subtotalMinor, currency }) => ({ amountMinor: subtotalMinor, currency }),
    }),
    discount: t.field({
      type: Money,
      access: 'customer',
      description: 'What is taken off.',
      resolve: ({ discountMinor, currency }) => ({ amountMinor: discountMinor, currency }),
    }),
    total: t.field({
      type: Money,
      access: 'customer',
      description: 'What a checkout orders the cart for.',
      resolve: ({ totalMinor, currency }) => ({ amountMinor: totalMinor, currency }),
    }),
  }),
})
