import type { Clients } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { Refusal, type Saga, type Step } from '@harbor/shared-runtime/writes/saga'
import type { CartClaims } from './cart-claims.ts'
import type { CheckoutReason } from './reasons.ts'
import { CheckoutState } from './state.ts'

/** The calls that a checkout makes. */
export type CheckoutClients = {
  readonly cart: Pick<Clients['cart'], 'byId' | 'nowById'>
  readonly pricing: Pick<Clients['pricing'], 'quote'>
  readonly inventory: Pick<Clients['inventory'], 'reserve' | 'release'>
  readonly fraud: Pick<Clients['fraud'], 'assess'>
  readonly payments: Pick<Clients['payments'], 'authorise' | 'void'>
  readonly orders: Pick<Clients['orders'], 'create'>
  readonly shipping: Pick<Clients['shipping'], 'createShipment'>
}

export type CheckoutTools = { readonly clients: CheckoutClients; readonly claims: CartClaims }

type CheckoutStep = Step<CheckoutState, CheckoutTools>

/** First forward and last backward: the cart is free again only when nothing of this checkout is left. */
const claimCart: CheckoutStep = {
  name: 'claim-cart',
  async run({ state, tools: { claims }, key }) {
    const answer = await claims.take(state, key)
    if (answer === 'held') throw refusal('IN_CHECKOUT', 'This cart is being ordered already.')
    if (answer === 'spent') throw refusal('ALREADY_ORDERED', 'This cart has been ordered.')
    return { claimedBy: key }
  },
  undo: ({ state, tools: { claims } }) => claims.release(state, known(state.claimedBy)),
}

/** The cart was read before it was claimed: another checkout may have ordered it in between. */
const checkCart: CheckoutStep = {
  name: 'check-cart',
  async run({ state: { cartId, cartVersion }, tools: { clients } }) {
    const { version } = await clients.cart.nowById(cartId)
    if (version !== cartVersion) throw refusal('CART_CHANGED')
    return {}
  },
}

const reserveStock: CheckoutStep = {
  name: 'reserve-stock',
  async run({ state, tools: { clients }, key }) {
    const reservation = clients.inventory.reserve(key, state.lines)
    const { reserved, shortSkus } = await refusedAs({ rejected: 'NOT_ACCEPTED' }, reservation)
    // Of the service's words only those that are ours.
    const short = state.lines.filter(({ sku }) => shortSkus.includes(sku)).map(({ sku }) => sku)
    if (!reserved)
      throw refusal('OUT_OF_STOCK', `There is not enough of ${short.join(', ') || 'what is in the cart'}.`)
    return { reservationId: key }
  },
  undo: ({ state, tools: { clients } }) => clients.inventory.release(known(state.reservationId)),
}

/** With `REVIEW` the order is placed: the reviewer holds it up or releases it, and the customer does not see that. */
const assessFraud: CheckoutStep = {
  name: 'assess-fraud',
  async run({ state: { customerId, total, lines, country }, tools: { clients }, key }) {
    const draft = { customerId, total, lines, shippingCountry: country }
    const { decision } = await refusedAs({ rejected: 'NOT_ACCEPTED' }, clients.fraud.assess(draft, key))
    if (decision === 'REJECT') throw refusal('NOT_ACCEPTED')
    return {}
  },
}

const authorisePayment: CheckoutStep = {
  name: 'authorise-payment',
  async run({ state, tools: { clients }, key }) {
    const { customerId, total, paymentMethod, cartId, cartVersion } = state
    const cart = { id: cartId, version: cartVersion }
    const authorisation = { customerId, amount: total, method: paymentMethod, cart }
    const { id } = await refusedAs(
      { rejected: 'PAYMENT_DECLINED', precondition_failed: 'IN_CHECKOUT' },
      clients.payments.authorise(authorisation, key),
    )
    return { paymentId: id }
  },
  async undo({ state, tools: { clients }, key }) {
    await clients.payments.void(known(state.paymentId), `${key}-void`)
  },
}

const createOrder: CheckoutStep = {
  name: 'create-order',
  async run({ state, tools: { clients }, key }) {
    const { customerId, cartId, cartVersion, lines, quoteId, reservationId, paymentId } = state
    const links = { quoteId, reservationId: known(reservationId), paymentId: known(paymentId) }
    const order = clients.orders.create({ customerId, cartId, cartVersion, lines, ...links }, key)
    return {
      order: await refusedAs({ rejected: 'NOT_ACCEPTED', precondition_failed: 'CART_CHANGED' }, order),
    }
  },
}

/** Before the shipment, which may be late: the next state of the cart can be ordered without it. */
const spendCart: CheckoutStep = {
  name: 'spend-cart',
  async run({ state, tools: { claims } }) {
    await claims.spend(state, known(state.claimedBy))
    return {}
  },
}

const createShipment: CheckoutStep = {
  name: 'create-shipment',
  async run({ state, tools: { clients }, key }) {
    await clients.shipping.createShipment(known(state.order).id, key)
    return {}
  },
}

/** From a cart to an order that is on its way. */
export const checkoutSaga: Saga<CheckoutState, CheckoutTools> = {
  name: 'checkout',
  state: CheckoutState,
  steps: [
    claimCart,
    checkCart,
    reserveStock,
    assessFraud,
    authorisePayment,
    createOrder,
    spendCart,
    createShipment,
  ],
  pivot: createOrder.name,
  forwardForMs: 60_000,
}

/** A refusal with a reason of the list. */
export const refusal = (reason: CheckoutReason, detail?: string, options?: ErrorOptions): Refusal =>
  new Refusal(reason, detail, options)

/** Errors by which an upstream says that it has done nothing and never will under this key. */
type Final = { readonly [Code in 'rejected' | 'precondition_failed']?: CheckoutReason }

/** Turns final errors of a call into refusals; the upstream's words stay here. */
async function refusedAs<T>(reasons: Final, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    const { code } = error
    const reason = code === 'rejected' || code === 'precondition_failed' ? reasons[code] : undefined
    throw reason ? refusal(reason, undefined, { cause: error }) : error
  }
}

/** What an earlier step has produced. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a step of the checkout ran before the one that it builds on')
  return value
}
