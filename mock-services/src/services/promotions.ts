import {
  get,
  inAnyOrder,
  notFound,
  optionalIds,
  pageOf,
  type Routes,
  requireOwn,
  requireStaff,
} from '../routes.ts'
import { productHeads } from '../seed/products.ts'
import { promotionsOf } from '../seed/promotions.ts'
import type { World } from '../world/index.ts'

/** Every promotion, in order of the SKUs; made at the first call that asks for all. */
let all: ReturnType<typeof promotionsOf> | undefined
const allPromotions = () => (all ??= productHeads('all').flatMap(({ sku }) => promotionsOf(sku)))

export const promotionsRoutes = ({ carts }: World): Routes => [
  get('/promotions', (call) => {
    const skus = optionalIds(call, 'skus')
    if (skus) return { items: inAnyOrder(skus.flatMap(promotionsOf)) }
    const cartId = call.query.get('cartId')
    if (cartId === null) {
      requireStaff(call)
      return pageOf(
        call,
        allPromotions(),
        ({ id }) => id,
        (promotion) => promotion,
      )
    }
    const cart = carts.of(cartId)
    if (!cart) throw notFound('cart')
    requireOwn(call, cart.customerId, 'cart')
    return { items: inAnyOrder(cart.lines.flatMap(({ sku }) => promotionsOf(sku))) }
  }),
]
