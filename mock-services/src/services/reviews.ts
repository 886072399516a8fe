import {
  get,
  inAnyOrder,
  limitOf,
  optionalIds,
  page,
  type Routes,
  requiredIds,
  requireStaff,
} from '../routes.ts'
import { productHead, productHeads } from '../seed/products.ts'
import { LISTED_REVIEWS, reviewSummary, reviewsOf } from '../seed/reviews.ts'

const known = (ids: string[]) => ids.filter((id) => id.startsWith('p') && productHead(id))

/** The list over all products holds what the newest of them have: enough for an administration table. */
const NEWEST_PRODUCTS = 100

export const reviewsRoutes = (): Routes => [
  get('/summaries', (call) => ({
    items: inAnyOrder(known(requiredIds(call, 'productIds')).map(reviewSummary)),
  })),
  get('/reviews', (call) => {
    const ids = optionalIds(call, 'productIds')
    if (!ids) {
      requireStaff(call)
      const all = productHeads('all')
        .slice(0, NEWEST_PRODUCTS)
        .flatMap((product) => reviewsOf(product.id))
      all.sort((a, b) => b.createdAt.localeCompare(a.createdAt))
      return page(call, all, (review) => review.id)
    }
    const limit = limitOf(call, { usual: 5, max: LISTED_REVIEWS })
    // Newest first within a product; the products themselves in any order.
    return { items: inAnyOrder(known(ids)).flatMap((id) => reviewsOf(id).slice(0, limit)) }
  }),
]
