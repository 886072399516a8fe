import { critical, optional } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { CategoryId, Cursor, limit } from '../input.ts'
import { defineScreen } from '../screen.ts'
import { ProductCard, productCard } from '../views/product-card.ts'

export const productsScreen = defineScreen({
  name: 'products',
  path: '/v1/products',
  summary: 'A page of products, of one category or of all',
  version: 1,
  access: 'public',
  budgetMs: 300,
  cache: { scope: 'public', maxAge: 30, sharedMaxAge: 120 },
  query: z.object({ category: CategoryId.optional(), cursor: Cursor.optional(), limit: limit(20, 50) }),

  sources: ({ clients, query }) => {
    const page = clients.catalog.list(query)
    return {
      page: critical(page),
      pricing: optional(page.then(({ items }) => clients.pricing.prices(items.map(({ sku }) => sku)))),
    }
  },

  view: z.object({ items: z.array(ProductCard), nextCursor: z.string().nullable() }),

  project: ({ page, pricing }, format) => ({
    items: page.items.map((product) => productCard(product, pricing, format)),
    nextCursor: page.nextCursor,
  }),
})
