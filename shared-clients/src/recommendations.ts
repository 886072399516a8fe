import { z } from 'zod'
import { fetchByKeys } from './batch.ts'
import { get } from './call/endpoint.ts'
import { httpClient } from './call/http.ts'
import { Money } from './money.ts'

export const Recommendation = z.object({
  productId: z.string(),
  sku: z.string(),
  name: z.string(),
  imageUrl: z.url(),
  price: Money,
})
export type Recommendation = z.infer<typeof Recommendation>

const forCustomer = get('/customers/{id}/recommendations', z.object({ items: z.array(Recommendation) }))
const forProducts = get(
  '/products/recommendations',
  z.object({ items: z.array(z.object({ productId: z.string(), recommended: z.array(Recommendation) })) }),
)

export const recommendations = httpClient('recommendations', { timeoutMs: 200 }, (call) => ({
  forCustomer: async (id: string, { limit, ...options }: { limit: number; timeoutMs?: number }) =>
    (await call(forCustomer, { path: { id }, query: { limit }, ...options })).items,
  /** What goes with each product, by product id. */
  forProducts: (productIds: readonly string[], { limit }: { limit: number }) =>
    fetchByKeys(
      productIds,
      async (some) => (await call(forProducts, { query: { productIds: some.join(), limit } })).items,
      (row) => row.productId,
    ),
}))
