import { z } from 'zod'
import { fetchRowsOf } from './batch.ts'
import { get } from './transport/endpoint.ts'
import { httpClient } from './transport/http.ts'

export const Promotion = z.object({
  id: z.string(),
  sku: z.string(),
  label: z.string(),
  discountBasisPoints: z.int(),
  endsAt: z.iso.datetime(),
})
export type Promotion = z.infer<typeof Promotion>

const active = get('/promotions', z.object({ items: z.array(Promotion) }))

export const promotions = httpClient('promotions', { timeoutMs: 200 }, (call) => ({
  /** What runs now for the lines of a cart. */
  forCart: async (cartId: string, options?: { timeoutMs?: number }) =>
    (await call(active, { query: { cartId }, ...options })).items,
  /** What runs now for any of these SKUs. */
  forSkus: (skus: readonly string[]) =>
    fetchRowsOf(
      skus,
      async (some) => (await call(active, { query: { skus: some.join() } })).items,
      (promotion) => promotion.sku,
    ),
}))
