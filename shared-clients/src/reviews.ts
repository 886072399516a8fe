import { z } from 'zod'
import { fetchByKeys, fetchGroups } from './batch.ts'
import { get } from './transport/endpoint.ts'
import { httpClient } from './transport/http.ts'

export const ReviewSummary = z.object({
  productId: z.string(),
  average: z.number().min(0).max(5),
  count: z.int().nonnegative(),
  /** Reviews with one star, two, … five. */
  histogram: z.array(z.int()).length(5),
})
export type ReviewSummary = z.infer<typeof ReviewSummary>

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

const summaries = get('/summaries', z.object({ items: z.array(ReviewSummary) }))
const latest = get('/reviews', z.object({ items: z.array(Review) }))

export const reviews = httpClient('reviews', { timeoutMs: 250 }, (call) => ({
  summaries: (productIds: readonly string[]) =>
    fetchByKeys(
      productIds,
      async (some) => (await call(summaries, { query: { productIds: some.join() } })).items,
      (summary) => summary.productId,
    ),
  /** The newest `limit` reviews of each product, newest first, by product id. */
  latest: (productIds: readonly string[], { limit }: { limit: number }) =>
    fetchGroups(
      productIds,
      async (some) => (await call(latest, { query: { productIds: some.join(), limit } })).items,
      (review) => review.productId,
    ),
}))
