import { entityTags } from '@harbor/shared-clients'
import { firstOf } from '@harbor/shared-runtime/rows'
import type { RequestUpstreams } from '../upstreams.ts'
import { byKey, byKeyAndLimit, oneByOne, oneByOneWithLimit } from './by-key.ts'

/**
 * Every way in which resolvers get rows, one line an upstream call; made anew for each operation. What the schema
 * lets be `null` is asked of the `optional` clients: a call that no longer fits into the budget is not made.
 * @param tags collects what events tell of the rows, also of those that do not exist yet
 */
export const createLoaders = (upstreams: RequestUpstreams, tags?: Set<string>) => ({
  product: byKey((product) => {
    tagged(tags, { product })
    return upstreams.catalog.byIds(product)
  }),
  price: byKey((price) => {
    tagged(tags, { price })
    return upstreams.optional.pricing.prices(price)
  }),
  stock: byKey((stock) => {
    tagged(tags, { stock })
    return upstreams.optional.inventory.stock(stock)
  }),
  reviews: byKeyAndLimit(
    (productIds, limit) => upstreams.optional.reviews.ofProducts(productIds, { limit }),
    (reviews, limit) => ({ ...reviews, latest: reviews.latest.slice(0, limit) }),
  ),
  relatedProducts: byKeyAndLimit(
    async (productIds, limit) => {
      const related = await upstreams.optional.recommendations.forProducts(productIds, { limit })
      // Each shows a name and a price.
      const shown = [...related.values()].flatMap(({ recommended }) => recommended.items)
      tagged(tags, {
        product: shown.map(({ productId }) => productId),
        price: shown.map(({ sku }) => sku),
      })
      return related
    },
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

function tagged(tags: Set<string> | undefined, entities: Parameters<typeof entityTags>[0]): void {
  if (tags) for (const tag of entityTags(entities)) tags.add(tag)
}

export type Loaders = ReturnType<typeof createLoaders>
