import type { Product } from '@harbor/shared-clients'
import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { ChangeToken } from '../input.ts'
import { isSold } from '../offline/catalogue.ts'
import { OfflineProduct, offlineProduct } from '../views/offline-product.ts'

export const changesScreen = defineScreen({
  name: 'changes',
  path: '/v1/changes',
  summary: 'What has changed since a bundle, or since the changes before',
  version: 1,
  access: 'public',
  problems: ['START_OVER'],
  budgetMs: 600,
  cache: { scope: 'public', maxAge: 5, sharedMaxAge: 5 },
  query: z.object({ since: ChangeToken }),

  // The log has the changed ids, the services the current state: order and repetition do not matter to the app.
  sources: ({ clients, query }) => {
    const changes = clients.offline.changesSince(query.since)
    const products = changes.then(({ ids, skus }) =>
      Promise.all([clients.catalog.nowByIds(ids), clients.catalog.nowBySkus(skus)]),
    )
    return {
      changes: critical(changes),
      catalog: critical(products),
      pricing: critical(
        products.then((found) => clients.pricing.pricesNow(soldIn(found).map(({ sku }) => sku))),
      ),
    }
  },

  view: z.object({
    products: z.array(OfflineProduct).describe('As they are now: put each in the place of what has its id'),
    removed: z.array(z.string()).describe('Ids of what is no longer sold'),
    token: z.string().describe('Where to go on'),
    more: z.boolean().describe('Whether there are changes after these already'),
  }),

  project: ({ changes, catalog, pricing }) => {
    const sold = soldIn(catalog)
    const present = new Set(sold.map(({ id }) => id))
    const named = new Set([...changes.ids, ...[...catalog[1].values()].map(({ id }) => id)])
    return {
      products: sold.map((product) => offlineProduct(product, pricing)),
      removed: [...named].filter((id) => !present.has(id)),
      token: changes.token,
      more: changes.more,
    }
  },
})

/** Each product once, whether found by its id or by its SKU. */
const soldIn = (found: readonly ReadonlyMap<string, Product>[]): Product[] => [
  ...new Map(
    found.flatMap((products) =>
      [...products.values()].filter(isSold).map((product) => [product.id, product]),
    ),
  ).values(),
]
