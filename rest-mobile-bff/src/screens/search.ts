import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { Cursor, limit, SearchWords } from '../input.ts'
import { ProductPage, productPage, productPageTags } from '../views/product-page.ts'

export const searchScreen = defineScreen({
  name: 'search',
  path: '/v1/search',
  summary: 'A page of the products that have all of some words',
  version: 1,
  access: 'public',
  budgetMs: 300,
  cache: { scope: 'public', maxAge: 30, sharedMaxAge: 120 },
  query: z.object({ q: SearchWords, cursor: Cursor.optional(), limit: limit(20, 50) }),

  sources: ({ clients, optional, query: { q, ...page } }) => {
    const found = clients.catalog.search(q, page)
    return {
      page: critical(found),
      pricing: optional(({ pricing }) =>
        found.then(({ items }) => pricing.prices(items.map(({ sku }) => sku))),
      ),
    }
  },

  view: ProductPage,
  project: (values, format) => productPage(values, format),
  tags: (values) => productPageTags(values),
})
