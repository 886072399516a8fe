import { type Listing, listed } from '../listing.ts'
import { get, inAnyOrder, notFound, optionalIds, type Routes, requireOwn, requireStaff } from '../routes.ts'
import { productHeads } from '../seed/products.ts'
import { promotionsOf } from '../seed/promotions.ts'
import type { World } from '../world/index.ts'

/** Every promotion, in order of the SKUs; made at the first call that asks for all. */
let all: ReturnType<typeof promotionsOf> | undefined
const allPromotions = () => (all ??= productHeads('all').flatMap(({ sku }) => promotionsOf(sku)))

type Promotion = ReturnType<typeof promotionsOf>[number]

const PROMOTIONS: Listing<Promotion> = {
  idOf: ({ id }) => id,
  sorts: new Map<string, (promotion: Promotion) => string | number>([
    ['id', ({ id }) => id],
    ['endsAt', ({ endsAt }) => endsAt],
    ['discount', ({ discountBasisPoints }) => discountBasisPoints],
  ]),
  usual: 'id',
  filters: new Map([['sku', ({ sku }: Promotion, given) => sku === given]]),
}

export const promotionsRoutes = ({ carts }: World): Routes => [
  get('/promotions', (call) => {
    const skus = optionalIds(call, 'skus')
    if (skus) return { items: inAnyOrder(skus.flatMap(promotionsOf)) }
    const cartId = call.query.get('cartId')
    if (cartId === null) {
      requireStaff(call)
      return listed(call, allPromotions(), PROMOTIONS, (promotion) => promotion)
    }
    const cart = carts.of(cartId)
    if (!cart) throw notFound('cart')
    requireOwn(call, cart.customerId, 'cart')
    return { items: inAnyOrder(cart.lines.flatMap(({ sku }) => promotionsOf(sku))) }
  }),
]
