import { firstOf } from '@harbor/shared-runtime/rows'
import type { RequestUpstreams } from '../upstreams.ts'
import { byKey, byKeyAndLimit, oneByOne, oneByOneWithLimit } from './by-key.ts'

/**
 * Every way in which resolvers get rows, one line an upstream call; made anew for each operation. What the schema
 * lets be `null` is asked of the `optional` clients: a call that no longer fits into the budget is not made.
 */
export const createLoaders = (upstreams: RequestUpstreams) => ({
  product: byKey((ids) => upstreams.catalog.byIds(ids)),
  price: byKey((skus) => upstreams.optional.pricing.prices(skus)),
  stock: byKey((skus) => upstreams.optional.inventory.stock(skus)),
  reviews: byKeyAndLimit(
    (productIds, limit) => upstreams.optional.reviews.ofProducts(productIds, { limit }),
    (reviews, limit) => ({ ...reviews, latest: reviews.latest.slice(0, limit) }),
  ),
  relatedProducts: byKeyAndLimit(
    (productIds, limit) => upstreams.optional.recommendations.forProducts(productIds, { limit }),
    (related, limit) => ({ ...related, recommended: firstOf(related.recommended, limit) }),
  ),
  customer: byKey((ids) => upstreams.optional.customers.byIds(ids)),
  shipmentOfOrder: byKey((orderIds) => upstreams.optional.shipping.ofOrders(orderIds)),
  readings: byKeyAndLimit(
    (deviceIds, limit) => upstreams.optional.telemetry.latest(deviceIds, { limit }),
    (readings, limit) => readings.slice(0, limit),
  ),
  cartOfCustomer: oneByOne((customerId) => upstreams.optional.cart.ofCustomer(customerId)),
  quoteOfCart: oneByOne((cartId) => upstreams.optional.pricing.quote(cartId)),
  recommendationsForCustomer: oneByOneWithLimit(
    (customerId, limit) => upstreams.optional.recommendations.forCustomer(customerId, { limit }),
    firstOf,
  ),
  inboxOfCustomer: oneByOneWithLimit(
    (customerId, limit) => upstreams.optional.notifications.ofCustomer(customerId, { limit }),
    (inbox, limit) => ({ ...inbox, ...firstOf(inbox, limit) }),
  ),
})

export type Loaders = ReturnType<typeof createLoaders>
