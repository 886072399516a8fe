import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { OfflineProduct } from '../views/offline-product.ts'

export const offlineBundleScreen = defineScreen({
  name: 'offline-bundle',
  path: '/v1/offline-bundle',
  summary: 'The whole catalogue, for an app that opens without a network',
  version: 1,
  access: 'public',
  // The app waits only for the first build after a start.
  budgetMs: 5_000,
  cache: { scope: 'public', maxAge: 5, sharedMaxAge: 60, staleIfError: 86_400 },

  sources: ({ clients }) => ({ bundle: critical(clients.offline.bundle()) }),

  view: z.object({
    token: z.string().describe('Where /v1/changes goes on'),
    categories: z.array(z.object({ id: z.string(), name: z.string() })),
    products: z.array(OfflineProduct),
  }),

  project: ({ bundle: { token, categories, products } }) => ({
    token,
    categories: [...categories],
    products: [...products],
  }),
})
