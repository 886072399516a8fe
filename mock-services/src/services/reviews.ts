import { get, inAnyOrder, limitOf, page, type Routes, requiredIds, requireStaff } from '../routes.ts'
import { productHead, productHeads } from '../seed/products.ts'
import { LISTED_REVIEWS, reviewSummary, reviewsOf } from '../seed/reviews.ts'

const known = (ids: string[]) => ids.filter((id) => id.startsWith('p') && productHead(id))

/** The list over all products holds what the newest of them have: enough for an administration table. */
const NEWEST_PRODUCTS = 100

export const reviewsRoutes = (): Routes => [
  get('/products/reviews', (call) => {
    const limit = limitOf(call, { usual: 5, max: LISTED_REVIEWS })
    const ids = known(requiredIds(call, 'productIds'))
    return {
      items: inAnyOrder(ids).map((id) => ({ ...reviewSummary(id), latest: reviewsOf(id).slice(0, limit) })),
    }
  }),
  get('/reviews', (call) => {
    requireStaff(call)
    const all = productHeads('all')
      .slice(0, NEWEST_PRODUCTS)
      .flatMap((product) => reviewsOf(product.id))
    all.sort((a, b) => b.createdAt.localeCompare(a.createdAt))
    return page(call, all, (review) => review.id)
  }),
]
