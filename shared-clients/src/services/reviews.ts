import { z } from 'zod'
import { get } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'
import { cacheKind, LONG } from './cache-policies.ts'

export const Review = z.object({
  id: z.string(),
  productId: z.string(),
  author: z.string(),
  rating: z.int().min(1).max(5),
  title: z.string(),
  body: z.string(),
  createdAt: z.iso.datetime(),
})
export type Review = z.infer<typeof Review>

/** How a product is rated, and what was last said of it. */
export const ProductReviews = z.object({
  productId: z.string(),
  average: z.number().min(0).max(5),
  count: z.int().nonnegative(),
  /** Reviews with one star, two, … five. */
  histogram: z.array(z.int()).length(5),
  /** Newest first. */
  latest: z.array(Review),
})
export type ProductReviews = z.infer<typeof ProductReviews>

const ReviewRow = Review.extend({ verifiedPurchase: z.boolean(), moderationState: z.string(), audit: Audit })
export type ReviewRow = z.infer<typeof ReviewRow>

const rows = get('/reviews', pageOf('reviews', ReviewRow))
const ofProducts = get(
  '/products/reviews',
  z.object({ items: keyedRows('reviews', ProductReviews, 'productId') }),
)

/** One kind for each number of reviews that is asked for: what holds three does not answer a question for five. */
const kinds = new Map<number, ReturnType<typeof kindOfLength>>()
const kindOfLength = (limit: number) =>
  cacheKind({ namespace: `reviews:newest-${limit}`, schema: ProductReviews, policy: LONG })

function ofLength(limit: number) {
  let kind = kinds.get(limit)
  if (kind === undefined) kinds.set(limit, (kind = kindOfLength(limit)))
  return kind
}

export const reviews = httpClient('reviews', { timeoutMs: 250 }, (call, cached) => ({
  /** For staff: those of the newest products. */
  rows: (query: ListingQuery & { productId?: string | undefined; rating?: number | undefined }) =>
    call(rows, { query, ...TABLE }),
  /** The rating of each product and its newest `limit` reviews, by product id. */
  ofProducts: (productIds: readonly string[], { limit }: { limit: number }) =>
    cached(ofLength(limit)).byIds(productIds, (call, missing) =>
      fetchByKeys(
        missing,
        async (some) => (await call(ofProducts, { query: { productIds: some.join(), limit } })).items,
      ),
    ),
}))
