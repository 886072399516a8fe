import type { Money } from '@harbor/shared-clients'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { NoEffectError } from '@harbor/shared-runtime/writes/idempotency'
import type { LeasedRecords } from '@harbor/shared-runtime/writes/leases'
import { createSagaEngine, Refusal, recoveryPart } from '@harbor/shared-runtime/writes/saga'
import type { CartClaims } from './cart-claims.ts'
import { CONFLICTS } from './reasons.ts'
import type { CheckoutState, PlacedOrder } from './state.ts'
import { type CheckoutClients, checkoutSaga, refusal } from './steps.ts'

/** What a customer asks for. */
type CheckoutRequest = {
  customerId: string
  cartId: string
  /** The state of the cart that the customer was shown; in another state nothing is ordered. */
  cartVersion?: number | undefined
  /** The name or token of a payment method. */
  paymentMethod: string
  /** What the customer was shown; at another total nothing is ordered. */
  total?: Money | undefined
}

type Placing = {
  /** The same for each repetition of the same request, and for no other request to this BFF. */
  id: string
  context: RequestContext
  clients: CheckoutClients
  /** Milliseconds without a sign of life after which this process counts as dead. */
  leaseMs: number
}

export type Checkout = {
  /**
   * Places the order of a cart, once for its id and once for the state of the cart. Repeated, it continues, or gives
   * the same answer.
   * @throws {ProblemError} `CHECKOUT_REFUSED` or `CHECKOUT_CONFLICT` with a reason when nothing was ordered, charged
   *   or reserved; `IN_PROGRESS` while another request with this id is at work
   * @throws {UpstreamError} when the outcome is not known yet: recovery continues, and so does a repetition
   */
  place(request: CheckoutRequest, attempt: Placing): Promise<PlacedOrder>
  /** Finishes or takes back what a crash has left open. */
  readonly part: Part
}

type Options = {
  /** Of the BFF: two BFFs may derive the same id from requests that look the same, and share the upstreams. */
  name: string
  clientsFor: (context: RequestContext) => CheckoutClients
  journals: LeasedRecords
  claims: CartClaims
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

/** Reads of cart and price before it is said that the cart does not stand still. */
const READS = 3

/** The checkout over given records and claims; the steps are in `steps.ts`. */
export function createCheckout({ name, clientsFor, journals, claims, log }: Options): Checkout {
  const engine = createSagaEngine({ saga: checkoutSaga, journals, log })
  return {
    async place(request, { id, context, clients, leaseMs }) {
      const worker = { context, tools: { clients, claims }, leaseMs }
      let hasBegun = false
      async function begin(): Promise<CheckoutState> {
        const state = await draft(request, clients).catch(asNoEffect)
        hasBegun = true
        return state
      }
      try {
        const { order } = await engine.run(`${name}:${id}`, worker, begin)
        if (!order) throw new TypeError('a checkout was decided without an order')
        return order
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        throw hasBegun ? problemOf(error) : new NoEffectError(problemOf(error))
      }
    },
    // No user is behind it: their token is not stored, so it calls with credentials of this BFF.
    part: recoveryPart({
      name: 'checkout',
      engine,
      toolsFor: (context) => ({ clients: clientsFor(context), claims }),
      log,
    }),
  }
}

/** What is to be ordered and what it costs, read once: a checkout that has begun does not read it again. */
async function draft(
  { customerId, cartId, cartVersion, paymentMethod, total }: CheckoutRequest,
  clients: CheckoutClients,
): Promise<CheckoutState> {
  const { cart, quote } = await pricedCart(cartId, clients)
  if (cart.customerId !== customerId) throw new ProblemError('NOT_FOUND')
  if (cartVersion !== undefined && cart.version !== cartVersion)
    throw refusal('CART_CHANGED', 'The cart has changed since it was shown. Show it again.')
  if (quote.lines.length === 0) throw refusal('CART_EMPTY', 'There is nothing in the cart.')
  const quoted = { amountMinor: quote.totalMinor, currency: quote.currency }
  if (total && (total.amountMinor !== quoted.amountMinor || total.currency !== quoted.currency))
    throw refusal('TOTAL_CHANGED', 'The total has changed since it was shown. Show it again.')
  return {
    customerId,
    cartId,
    cartVersion: cart.version,
    lines: quote.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    quoteId: quote.quoteId,
    total: quoted,
    country: cart.destination.country,
    paymentMethod,
  }
}

/** A cart and what it costs in the same state: both are read side by side, and a change may come in between. */
async function pricedCart(cartId: string, { cart: carts, pricing }: CheckoutClients) {
  for (let reads = 0; reads < READS; reads++) {
    const [cart, quote] = await Promise.all([carts.byId(cartId), pricing.quote(cartId)])
    if (cart.version === quote.cartVersion) return { cart, quote }
  }
  throw refusal('CART_CHANGED', 'The cart is being changed. Show it again.')
}

/** Only reads have failed, so that the key of the request stays free. A refusal is an outcome, which is stored. */
function asNoEffect(error: unknown): never {
  throw error instanceof Refusal ? error : new NoEffectError(error)
}

function problemOf(refusal: Refusal): ProblemError {
  const { reason, detail } = refusal
  const code = CONFLICTS.has(reason) ? 'CHECKOUT_CONFLICT' : 'CHECKOUT_REFUSED'
  return new ProblemError(code, detail, { members: { reason }, cause: refusal })
}
