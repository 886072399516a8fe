import type { Recommendation as UpstreamRecommendation } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { firstRows, oneRow } from './limits.ts'
import { Money } from './money.ts'
import { Product } from './product.ts'

export const Recommendation = builder.objectRef<UpstreamRecommendation>('Recommendation').implement({
  description:
    'A product as the recommendations service shows it: enough for a card, without a further call.',
  fields: (t) => ({
    id: t.exposeID('productId', { access: 'public' }),
    sku: t.exposeString('sku', { access: 'public' }),
    name: t.exposeString('name', { access: 'public' }),
    imageUrl: t.exposeString('imageUrl', { access: 'public' }),
    price: t.field({ type: Money, access: 'public', resolve: ({ price }) => price }),
    product: t.field({
      type: Product,
      access: 'public',
      nullable: true,
      complexity: oneRow,
      resolve: ({ productId }, _, { loaders }) => loaders.product.load(productId),
    }),
  }),
})

builder.objectField(Product, 'recommendations', (t) =>
  t.field({
    type: [Recommendation],
    access: 'public',
    nullable: true,
    description: 'What goes with the product.',
    args: { first: t.arg.int({ required: true, defaultValue: 4 }) },
    complexity: firstRows(20),
    resolve: async ({ id }, { first }, { loaders }) =>
      (await loaders.relatedProducts(first).load(id))?.recommended ?? [],
  }),
)
