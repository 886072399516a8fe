import { ProblemError } from '@harbor/shared-runtime/problems'
import { builder } from '../builder.ts'
import { assertId, oneRow } from './limits.ts'
import { Product } from './product.ts'

builder.subscriptionField('stockChanged', (t) =>
  t.field({
    type: Product,
    access: 'public',
    nullable: true,
    description:
      'The product, again whenever its stock, its price or the product itself changes; `null` once it is gone.',
    args: { productId: t.arg.id({ required: true }) },
    asks: 'catalog.byIds',
    complexity: ({ productId }) => {
      assertId(productId)
      return oneRow
    },
    subscribe: async (_, { productId }, { loaders, changes }) => {
      const product = await loaders.product.load(productId)
      if (!product) throw new ProblemError('NOT_FOUND')
      return changes([`stock:${product.sku}`, `price:${product.sku}`, `product:${productId}`])
    },
    resolve: (_, { productId }, { loaders }) => loaders.product.load(productId),
  }),
)
