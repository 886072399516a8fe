import { z } from 'zod'
import {
  type Call,
  del,
  get,
  notFound,
  pageOf,
  patch,
  post,
  Refusal,
  type Routes,
  requireOwn,
  requireStaff,
} from '../routes.ts'
import type { Cart } from '../seed/carts.ts'
import { customerIds } from '../seed/customers.ts'
import type { World } from '../world/index.ts'

const Quantity = z.int().min(1).max(99)
const NewLine = z.object({ sku: z.string(), quantity: Quantity })
const Change = z.object({ quantity: Quantity })

export const cartRoutes = ({ carts }: World): Routes => {
  const own = (call: Call, id: string): Cart => {
    const cart = carts.of(id)
    if (!cart) throw notFound('cart')
    requireOwn(call, cart.customerId, 'cart')
    return cart
  }
  const cartIds = customerIds.map((id) => `k${id.slice(1)}`)

  return [
    get('/carts', (call) => {
      requireStaff(call)
      return pageOf(call, cartIds, (id) => id, carts.of)
    }),
    get('/carts/{id}', (call) => own(call, call.params.id ?? '')),
    get('/customers/{id}/cart', (call) => own(call, `k${call.params.id?.slice(1)}`)),
    post('/carts/{id}/lines', NewLine, ({ sku, quantity }, call) => {
      const cart = own(call, call.params.id ?? '')
      const changed = carts.add(cart, sku, quantity)
      if (!changed) throw new Refusal(422, 'UNKNOWN_SKU', `${sku} is not sold`)
      return changed
    }),
    patch('/carts/{id}/lines/{sku}', Change, ({ quantity }, call) => {
      const cart = own(call, call.params.id ?? '')
      const changed = carts.setQuantity(cart, call.params.sku ?? '', quantity)
      if (!changed) throw notFound('line')
      return changed
    }),
    del('/carts/{id}/lines/{sku}', (call) =>
      carts.remove(own(call, call.params.id ?? ''), call.params.sku ?? ''),
    ),
  ]
}
