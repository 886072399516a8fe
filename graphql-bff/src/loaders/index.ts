import type { RequestUpstreams } from '../upstreams.ts'
import { byKey, byLimit, oneByOne } from './by-key.ts'

/**
 * Every way in which resolvers get rows, one line an upstream call; made anew for each operation. What the schema
 * lets be `null` is asked of the `optional` clients: a call that no longer fits into the budget is not made.
 */
export const createLoaders = (upstreams: RequestUpstreams) => ({
  product: byKey((ids) => upstreams.catalog.byIds(ids)),
  price: byKey((skus) => upstreams.optional.pricing.prices(skus)),
  stock: byKey((skus) => upstreams.optional.inventory.stock(skus)),
  reviews: byLimit((limit) =>
    byKey((productIds) => upstreams.optional.reviews.ofProducts(productIds, { limit })),
  ),
  relatedProducts: byLimit((limit) =>
    byKey((productIds) => upstreams.optional.recommendations.forProducts(productIds, { limit })),
  ),
  customer: byKey((ids) => upstreams.customers.byIds(ids)),
  cartOfCustomer: oneByOne((customerId) => upstreams.optional.cart.ofCustomer(customerId)),
  quoteOfCart: oneByOne((cartId) => upstreams.optional.pricing.quote(cartId)),
  ordersOfCustomer: byLimit((limit) =>
    oneByOne((customerId) => upstreams.optional.orders.ofCustomer(customerId, { limit })),
  ),
  recommendationsForCustomer: byLimit((limit) =>
    oneByOne((customerId) => upstreams.optional.recommendations.forCustomer(customerId, { limit })),
  ),
  unreadOfCustomer: oneByOne((customerId) =>
    upstreams.optional.notifications.ofCustomer(customerId, { limit: 1, unread: true }),
  ),
})

export type Loaders = ReturnType<typeof createLoaders>
