import { z } from 'zod'
import { get } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchGroups } from '../rows/batch.ts'
import { Audit, type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'
import { cacheKind, SHORT } from './cache-policies.ts'

export const Promotion = z.object({
  id: z.string(),
  sku: z.string(),
  label: z.string(),
  discountBasisPoints: z.int(),
  endsAt: z.iso.datetime(),
})
export type Promotion = z.infer<typeof Promotion>

const PromotionRow = Promotion.extend({ campaignName: z.string(), startsAt: z.iso.datetime(), audit: Audit })
export type PromotionRow = z.infer<typeof PromotionRow>

const rows = get('/promotions', pageOf('promotions', PromotionRow))
const active = get('/promotions', z.object({ items: z.array(Promotion) }))
const activeBySku = get('/promotions', z.object({ items: keyedRows('promotions', Promotion, 'sku') }))

const RUNNING = cacheKind({ namespace: 'promotions:sku', schema: z.array(Promotion), policy: SHORT })

export const promotions = httpClient('promotions', { timeoutMs: 200 }, (call, cached) => ({
  /** What runs now for the lines of a cart. */
  forCart: async (cartId: string, options?: { timeoutMs?: number }) =>
    (await call(active, { query: { cartId }, ...options })).items,
  /** For staff. */
  rows: (query: ListingQuery & { sku?: string | undefined }) => call(rows, { query, ...TABLE }),
  /** What runs now for any of these SKUs. */
  forSkus: async (skus: readonly string[]) => {
    const running = await cached(RUNNING).byIds(skus, (call, missing) =>
      fetchGroups(missing, async (some) => (await call(activeBySku, { query: { skus: some.join() } })).items),
    )
    return [...running.whole().values()].flat()
  },
}))
