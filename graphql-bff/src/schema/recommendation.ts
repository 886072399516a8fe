import type { Recommendation as UpstreamRecommendation } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { TEXTS } from './lifetimes.ts'
import { firstRows, oneRow } from './limits.ts'
import { itemsOf } from './list-items.ts'
import { Money } from './money.ts'
import { Product } from './product.ts'

export const Recommendation = builder.objectRef<UpstreamRecommendation>('Recommendation').implement({
  description:
    'A product as the recommendations service shows it: enough for a card, without a further call.',
  fields: (t) => ({
    id: t.exposeID('productId', { access: 'public', description: 'Id of the product.' }),
    sku: t.exposeString('sku', { access: 'public', description: 'SKU of the product.' }),
    name: t.exposeString('name', { access: 'public', description: 'Name of the product.' }),
    imageUrl: t.exposeString('imageUrl', {
      access: 'public',
      description: 'Takes `?w=` for a width in pixels.',
    }),
    price: t.field({
      type: Money,
      access: 'public',
      description: 'What the product costs.',
      resolve: ({ price }) => price,
    }),
    product: t.field({
      type: Product,
      access: 'public',
      nullable: true,
      description: 'All that is known of the product.',
      asks: 'catalog.byIds',
      lifetime: TEXTS,
      complexity: oneRow,
      resolve: ({ productId }, _, { loaders }) => loaders.product.load(productId),
    }),
  }),
})

builder.objectField(Product, 'recommendations', (t) =>
  t.field({
    type: [Recommendation],
    access: 'public',
    nullable: { list: true, items: true },
    description: 'What goes with the product; at most 20.',
    args: { first: t.arg.int({ required: true, defaultValue: 4 }) },
    asks: 'recommendations.forProducts',
    lifetime: TEXTS,
    complexity: firstRows(20),
    resolve: async ({ id }, { first }, { loaders }) => {
      const related = await loaders.relatedProducts.load({ key: id, limit: first })
      return related ? itemsOf(related.recommended) : []
    },
  }),
)
