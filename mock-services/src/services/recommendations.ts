import { get, inAnyOrder, limitOf, notFound, type Routes, requiredIds, requireOwn } from '../routes.ts'
import { customerNumber } from '../seed/customers.ts'
import { productHead } from '../seed/products.ts'
import { KEPT, recommendationsFor } from '../seed/recommendations.ts'

const LIMIT = { usual: 10, max: KEPT }

export const recommendationsRoutes = (): Routes => [
  get('/customers/{id}/recommendations', (call) => {
    const { id = '' } = call.params
    requireOwn(call, id, 'customer')
    if (customerNumber(id) === undefined) throw notFound('customer')
    return { items: recommendationsFor(id).slice(0, limitOf(call, LIMIT)) }
  }),
  get('/products/recommendations', (call) => {
    const limit = limitOf(call, LIMIT)
    const ids = requiredIds(call, 'productIds').filter((id) => id.startsWith('p') && productHead(id))
    return {
      items: inAnyOrder(ids).map((productId) => ({
        productId,
        recommended: recommendationsFor(productId).slice(0, limit),
      })),
    }
  }),
]
