import { z } from 'zod'
import { createReplays } from '../idempotency.ts'
import { type Listing, listed } from '../listing.ts'
import { requirePreconditions } from '../preconditions.ts'
import {
  type Call,
  del,
  get,
  notFound,
  patch,
  post,
  Refusal,
  type Routes,
  requireMayChange,
  requireOwn,
  requireStaff,
} from '../routes.ts'
import type { Cart } from '../seed/carts.ts'
import { customerIds } from '../seed/customers.ts'
import { added, changed, removed } from '../world/carts.ts'
import type { World } from '../world/index.ts'

/** Every customer has one cart. */
type Row = { id: string; customerId: string }

const CARTS: Listing<Row> = {
  idOf: ({ id }) => id,
  sorts: new Map([['id', ({ id }: Row) => id]]),
  usual: 'id',
  filters: new Map([['customerId', ({ customerId }: Row, given) => customerId === given]]),
}

const Quantity = z.int().min(1).max(99)
const NewLine = z.object({ sku: z.string(), quantity: Quantity })
const Change = z.object({ quantity: Quantity })

export const cartRoutes = ({ carts }: World): Routes => {
  const once = createReplays()

  const found = (id: string): Cart => {
    const cart = carts.of(id)
    if (!cart) throw notFound('cart')
    return cart
  }
  const own = (call: Call, id: string): Cart => {
    const cart = found(id)
    requireOwn(call, cart.customerId, 'cart')
    return cart
  }
  /**
   * A change of a cart, once for its key: the answer to a repetition is the first one, so the precondition of a
   * write that has happened is not asked again. Check and write are one step.
   * @param linesAfter the new lines; `undefined` when there is nothing that could be changed so
   */
  const change = (
    call: Call,
    linesAfter: (cart: Cart, sku: string) => Cart['lines'] | undefined,
    refusal: Refusal,
  ): Cart => {
    const cart = found(call.params.id ?? '')
    requireMayChange(call, cart.customerId, 'cart')
    return once(call, () => {
      const lines = linesAfter(cart, call.params.sku ?? '')
      if (!lines) throw refusal
      requirePreconditions(call, cart)
      return carts.withLines(cart, lines)
    })
  }
  const rows = customerIds.map((customerId): Row => ({ id: `k${customerId.slice(1)}`, customerId }))

  return [
    get('/carts', (call) => {
      requireStaff(call)
      return listed(call, rows, CARTS, ({ id }) => carts.of(id))
    }),
    get('/carts/{id}', (call) => own(call, call.params.id ?? '')),
    get('/customers/{id}/cart', (call) => own(call, `k${call.params.id?.slice(1)}`)),
    post('/carts/{id}/lines', NewLine, ({ sku, quantity }, call) =>
      change(
        call,
        (cart) => added(cart, sku, quantity),
        new Refusal(422, 'UNKNOWN_SKU', `${sku} is not sold`),
      ),
    ),
    patch('/carts/{id}/lines/{sku}', Change, ({ quantity }, call) =>
      change(call, (cart, sku) => changed(cart, sku, quantity), notFound('line')),
    ),
    del('/carts/{id}/lines/{sku}', (call) => change(call, removed, notFound('line'))),
  ]
}
