import { z } from 'zod'
import { maySee } from '../auth.ts'
import { createReplays } from '../idempotency.ts'
import { type Listing, listed } from '../listing.ts'
import {
  get,
  inAnyOrder,
  notFound,
  optionalIds,
  post,
  Refusal,
  Reply,
  type Routes,
  requireMayCheckOut,
  requireOwn,
} from '../routes.ts'
import type { World } from '../world/index.ts'

const Money = z.object({ amountMinor: z.int().min(1), currency: z.string().length(3) })
const CartState = z.object({ id: z.string(), version: z.int() })
const Authorisation = z.object({
  customerId: z.string(),
  amount: Money,
  method: z.union([z.string(), z.looseObject({ token: z.string().optional() })]),
  /** What is paid for: one state of a cart. */
  cart: CartState.optional(),
})

/** A method with this in its name or token is declined, so that the way of a decline can be seen. */
const DECLINED = 'declined'

type Row = ReturnType<World['payments']['rows']>[number]

const PAYMENTS: Listing<Row> = {
  idOf: ({ id }) => id,
  sorts: new Map([['createdAt', ({ createdAt }: Row) => createdAt]]),
  usual: '-createdAt',
  filters: new Map([
    ['status', ({ status }: Row, given) => status === given],
    ['customerId', (row: Row, given) => row.customerId === given],
  ]),
}

export const paymentsRoutes = ({ payments }: World): Routes => {
  const once = createReplays()
  return [
    post('/authorisations', Authorisation, ({ customerId, amount, method, cart }, call) => {
      requireMayCheckOut(call, customerId, 'customer')
      return once(call, () => {
        if ((typeof method === 'string' ? method : (method.token ?? '')).includes(DECLINED))
          throw new Refusal(422, 'PAYMENT_DECLINED', 'the issuer has declined the payment')
        // Whatever the key: two checkouts of one cart state, from one BFF or several, are not both charged.
        if (cart && payments.isPaidFor(cart))
          throw new Refusal(412, 'CART_PAID_FOR', 'this state of the cart has an authorisation already')
        return new Reply(201, payments.authorise(customerId, amount, cart))
      })
    }),
    post('/authorisations/{id}/void', z.unknown(), (_, call) => {
      const payment = payments.of(call.params.id ?? '')
      if (!payment) throw notFound('payment')
      requireMayCheckOut(call, payment.customerId, 'payment')
      return payments.void(payment.id)
    }),
    get('/payments', (call) => {
      const ids = optionalIds(call, 'ids')
      if (ids) {
        const items = ids.flatMap((id) => payments.of(id) ?? [])
        return { items: inAnyOrder(items.filter(({ customerId }) => maySee(call.caller, customerId))) }
      }
      const asked = call.query.get('customerId')
      if (asked !== null) requireOwn(call, asked, 'customer')
      const all = payments.rows()
      const own = maySee(call.caller, '') ? all : all.filter((row) => row.customerId === call.caller.sub)
      return listed(call, own, PAYMENTS, ({ id }) => payments.of(id))
    }),
  ]
}
