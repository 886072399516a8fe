import { z } from 'zod'
import { get } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { itemsOf, keyedRows, listOf } from '../rows/parsed-rows.ts'
import { Money } from './money.ts'

export const Recommendation = z.object({
  productId: z.string(),
  sku: z.string(),
  name: z.string(),
  imageUrl: z.url(),
  price: Money,
})
export type Recommendation = z.infer<typeof Recommendation>

/** What goes with one product. */
const Related = z.object({ productId: z.string(), recommended: listOf('recommendations', Recommendation) })

const forCustomer = get('/customers/{id}/recommendations', itemsOf('recommendations', Recommendation))
const forProducts = get(
  '/products/recommendations',
  z.object({ items: keyedRows('recommendations', Related, 'productId') }),
)

export const recommendations = httpClient('recommendations', { timeoutMs: 200 }, (call) => ({
  forCustomer: (id: string, { limit, ...options }: { limit: number; timeoutMs?: number }) =>
    call(forCustomer, { path: { id }, query: { limit }, ...options }),
  /** What goes with each product, by product id. */
  forProducts: (productIds: readonly string[], { limit }: { limit: number }) =>
    fetchByKeys(
      productIds,
      async (some) => (await call(forProducts, { query: { productIds: some.join(), limit } })).items,
    ),
}))
