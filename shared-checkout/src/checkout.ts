import type { ClientSet, Clients, Money } from '@harbor/shared-clients'
import { beforeWriting } from '@harbor/shared-runtime/idempotency/no-effect'
import type { LeasedRecords } from '@harbor/shared-runtime/leased-records/index'
import type { Log } from '@harbor/shared-runtime/log'
import type { Part } from '@harbor/shared-runtime/part'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import { createSagaEngine } from '@harbor/shared-runtime/saga/engine'
import { recoveryPart } from '@harbor/shared-runtime/saga/recovery'
import { Refusal } from '@harbor/shared-runtime/saga/saga'
import type { CheckoutState, PlacedOrder } from './state.ts'
import { checkoutSaga } from './steps.ts'

/** What a customer asks for. */
type CheckoutRequest = {
  customerId: string
  cartId: string
  /** The name or token of a payment method. */
  paymentMethod: string
  /** What the customer was shown: when it is not that any more, nothing is ordered. */
  total?: Money | undefined
}

type Attempt = {
  /** The same whenever the same checkout is asked for again. */
  id: string
  context: RequestContext
  clients: Clients
  /** Milliseconds after which a process that has not said a word counts as dead. */
  leaseMs: number
}

export type Checkout = {
  /**
   * Places the order of a cart, once for its id; asked again, gives the same answer, or goes on.
   * @throws {ProblemError} `CHECKOUT_REFUSED` with a reason when nothing was ordered, charged or set aside;
   *   `IN_PROGRESS` while somebody is at it
   * @throws {UpstreamError} when the outcome is not known yet: recovery goes on, and so may the one who asks again
   */
  place(request: CheckoutRequest, attempt: Attempt): Promise<PlacedOrder>
  /** Ends what was left open by a crash. */
  readonly part: Part
}

type Options = {
  clients: Pick<ClientSet, 'forRequest'>
  journals: LeasedRecords
  log: Pick<Log, 'info' | 'warn' | 'error'>
}

/** The checkout of a BFF; the steps are in `steps.ts`. */
export function openCheckout({ clients, journals, log }: Options): Checkout {
  const engine = createSagaEngine({ saga: checkoutSaga, journals, log })
  return {
    async place(request, { id, context, clients, leaseMs }) {
      const worker = { context, tools: clients, leaseMs }
      const { order } = await engine
        .run(id, worker, () => beforeWriting(draft(request, clients).catch(asProblem)))
        .catch(asProblem)
      if (!order) throw new TypeError('a checkout was decided without an order')
      return order
    },
    // No user is behind it: their token is not kept, so it calls with credentials of this BFF.
    part: recoveryPart({ name: 'checkout', engine, toolsFor: clients.forRequest, log }),
  }
}

/** What is to be ordered, and what it costs: as it is now, and no longer asked once the checkout has begun. */
async function draft(
  { customerId, cartId, paymentMethod, total }: CheckoutRequest,
  { cart, pricing }: Clients,
): Promise<CheckoutState> {
  const [found, quote] = await Promise.all([cart.byId(cartId), pricing.quote(cartId)])
  if (found.customerId !== customerId) throw new ProblemError('NOT_FOUND')
  if (quote.lines.length === 0) throw new Refusal('CART_EMPTY', 'There is nothing in the cart.')
  const quoted = { amountMinor: quote.totalMinor, currency: quote.currency }
  if (total && (total.amountMinor !== quoted.amountMinor || total.currency !== quoted.currency))
    throw new Refusal('TOTAL_CHANGED', 'The total is not any more what was shown. Show it again.')
  return {
    customerId,
    cartId,
    lines: quote.lines.map(({ sku, quantity }) => ({ sku, quantity })),
    quoteId: quote.quoteId,
    total: quoted,
    country: found.destination.country,
    paymentMethod,
  }
}

function asProblem(error: unknown): never {
  if (!(error instanceof Refusal)) throw error
  const { reason, detail } = error
  throw new ProblemError('CHECKOUT_REFUSED', detail, { members: { reason }, cause: error })
}
