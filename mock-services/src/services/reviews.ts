import { type Listing, listed } from '../listing.ts'
import { get, inAnyOrder, limitOf, type Routes, requiredIds, requireStaff } from '../routes.ts'
import { productHead, productHeads } from '../seed/products.ts'
import { LISTED_REVIEWS, reviewSummary, reviewsOf } from '../seed/reviews.ts'

const known = (ids: string[]) => ids.filter((id) => id.startsWith('p') && productHead(id))

/** The list over all products holds what the newest of them have: enough for an administration table. */
const NEWEST_PRODUCTS = 100

type Review = ReturnType<typeof reviewsOf>[number]

const REVIEWS: Listing<Review> = {
  idOf: ({ id }) => id,
  sorts: new Map<string, (review: Review) => string | number>([
    ['createdAt', ({ createdAt }) => createdAt],
    ['rating', ({ rating }) => rating],
  ]),
  usual: '-createdAt',
  filters: new Map([
    ['productId', ({ productId }: Review, given) => productId === given],
    ['rating', ({ rating }: Review, given) => String(rating) === given],
  ]),
}

const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const newest = (): Review[] =>
  productHeads('all')
    .slice(0, NEWEST_PRODUCTS)
    .flatMap(({ id }) => reviewsOf(id))
    .sort((a, b) => compared(b.createdAt, a.createdAt) || compared(b.id, a.id))

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
    return listed(call, newest(), REVIEWS, (review) => review)
  }),
]
