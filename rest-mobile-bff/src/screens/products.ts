import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { CategoryId, Cursor, limit } from '../input.ts'
import { ProductPage, productPage, productPageTags } from '../views/product-page.ts'

export const productsScreen = defineScreen({
  name: 'products',
  path: '/v1/products',
  summary: 'A page of products, of one category or of all',
  version: 1,
  access: 'public',
  budgetMs: 300,
  cache: { scope: 'public', maxAge: 30, sharedMaxAge: 120 },
  query: z.object({ category: CategoryId.optional(), cursor: Cursor.optional(), limit: limit(20, 50) }),

  sources: ({ clients, optional, query }) => {
    const page = clients.catalog.list(query)
    return {
      page: critical(page),
      pricing: optional(({ pricing }) =>
        page.then(({ items }) => pricing.prices(items.map(({ sku }) => sku))),
      ),
    }
  },

  view: ProductPage,
  project: (values, format) => productPage(values, format),
  tags: (values) => productPageTags(values),
})
