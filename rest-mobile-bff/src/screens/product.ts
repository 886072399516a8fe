import { entityTags } from '@harbor/shared-clients'
import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { ProductId } from '../input.ts'
import { ProductCard, productCard } from '../views/product-card.ts'

export const productScreen = defineScreen({
  name: 'product',
  path: '/v1/products/{id}',
  summary: 'One product: a name, a price, in stock or not',
  version: 1,
  access: 'public',
  budgetMs: 300,
  cache: { scope: 'public', maxAge: 60, sharedMaxAge: 300, staleWhileRevalidate: 600, staleIfError: 86_400 },
  params: z.object({ id: ProductId }),

  sources: ({ clients, optional, params }) => {
    const product = clients.catalog.byId(params.id)
    return {
      product: critical(product),
      pricing: optional(({ pricing }) => product.then(({ sku }) => pricing.prices([sku]))),
      inventory: optional(({ inventory }) => product.then(({ sku }) => inventory.stock([sku]))),
    }
  },

  view: ProductCard.extend({ inStock: z.boolean().nullable().describe('null: not known now') }),

  project: ({ product, pricing, inventory }, format) => ({
    ...productCard(product, pricing, format),
    inStock:
      inventory && (inventory.get(product.sku)?.warehouses.some(({ available }) => available > 0) ?? false),
  }),

  tags: ({ product }) => entityTags({ product: [product.id], price: [product.sku], stock: [product.sku] }),
})
