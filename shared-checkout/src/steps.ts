import type { Clients } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { Refusal, type Saga, type Step } from '@harbor/shared-runtime/saga/saga'
import type { CheckoutReason } from './reasons.ts'
import { CheckoutState } from './state.ts'

type CheckoutStep = Step<CheckoutState, Clients>

const reserveStock: CheckoutStep = {
  name: 'reserve-stock',
  async run({ state, tools: { inventory }, key }) {
    const { reserved, shortSkus } = await refusedAs('NOT_ACCEPTED', inventory.reserve(key, state.lines))
    if (!reserved) throw new Refusal('OUT_OF_STOCK', `There is not enough of ${shortSkus.join(', ')}.`)
    return { reservationId: key }
  },
  undo: ({ state, tools: { inventory } }) => inventory.release(known(state.reservationId)),
}

/** A `REVIEW` is placed: whoever reviews holds the order up, or lets it go, and the customer is not told. */
const assessFraud: CheckoutStep = {
  name: 'assess-fraud',
  async run({ state: { customerId, total, lines, country }, tools: { fraud }, key }) {
    const draft = { customerId, total, lines, shippingCountry: country }
    const { decision } = await refusedAs('NOT_ACCEPTED', fraud.assess(draft, key))
    if (decision === 'REJECT') throw new Refusal('NOT_ACCEPTED')
    return {}
  },
}

const authorisePayment: CheckoutStep = {
  name: 'authorise-payment',
  async run({ state: { customerId, total, paymentMethod }, tools: { payments }, key }) {
    const authorisation = { customerId, amount: total, method: paymentMethod }
    const { id } = await refusedAs('PAYMENT_DECLINED', payments.authorise(authorisation, key))
    return { paymentId: id }
  },
  async undo({ state, tools: { payments }, key }) {
    await payments.void(known(state.paymentId), `${key}-void`)
  },
}

const createOrder: CheckoutStep = {
  name: 'create-order',
  async run({ state, tools: { orders }, key }) {
    const { customerId, cartId, lines, quoteId, reservationId, paymentId } = state
    const links = { quoteId, reservationId: known(reservationId), paymentId: known(paymentId) }
    const order = orders.create({ customerId, cartId, lines, ...links }, key)
    return { order: await refusedAs('NOT_ACCEPTED', order) }
  },
}

const createShipment: CheckoutStep = {
  name: 'create-shipment',
  async run({ state, tools: { shipping }, key }) {
    await shipping.createShipment(known(state.order).id, key)
    return {}
  },
}

/** From a cart to an order that is on its way. */
export const checkoutSaga: Saga<CheckoutState, Clients> = {
  name: 'checkout',
  state: CheckoutState,
  steps: [reserveStock, assessFraud, authorisePayment, createOrder, createShipment],
  pivot: createOrder.name,
  forwardForMs: 60_000,
}

/** An upstream that finds the request wrong has done nothing and would say so again; its words stay here. */
async function refusedAs<T>(reason: CheckoutReason, call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof UpstreamError && error.code === 'rejected')
      throw new Refusal(reason, undefined, { cause: error })
    throw error
  }
}

/** What an earlier step has learnt. */
function known<T>(value: T | undefined): T {
  if (value === undefined) throw new TypeError('a step of the checkout ran before the one that it builds on')
  return value
}
