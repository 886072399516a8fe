import type { Upstreams } from '../upstreams.ts'
import { byKey, byLimit, oneByOne } from './by-key.ts'

/** Every way in which resolvers get rows, one line an upstream call; made anew for each operation. */
export const createLoaders = (upstreams: Upstreams) => ({
  product: byKey((ids) => upstreams.catalog.byIds(ids)),
  price: byKey((skus) => upstreams.pricing.prices(skus)),
  stock: byKey((skus) => upstreams.inventory.stock(skus)),
  reviews: byLimit((limit) => byKey((productIds) => upstreams.reviews.ofProducts(productIds, { limit }))),
  relatedProducts: byLimit((limit) =>
    byKey((productIds) => upstreams.recommendations.forProducts(productIds, { limit })),
  ),
  customer: byKey((ids) => upstreams.customers.byIds(ids)),
  cartOfCustomer: oneByOne((customerId) => upstreams.cart.ofCustomer(customerId)),
  quoteOfCart: oneByOne((cartId) => upstreams.pricing.quote(cartId)),
  ordersOfCustomer: byLimit((limit) =>
    oneByOne((customerId) => upstreams.orders.ofCustomer(customerId, { limit })),
  ),
  recommendationsForCustomer: byLimit((limit) =>
    oneByOne((customerId) => upstreams.recommendations.forCustomer(customerId, { limit })),
  ),
  unreadOfCustomer: oneByOne((customerId) =>
    upstreams.notifications.ofCustomer(customerId, { limit: 1, unread: true }),
  ),
})

export type Loaders = ReturnType<typeof createLoaders>
