import { type Order, orderHeads, orderNumber, seededOrder } from '../seed/orders.ts'
import { random } from '../seed/random.ts'
import { FIRST, iso, recordAudit } from '../seed/reference.ts'

export type Payment = ReturnType<typeof paymentRecord>
type Money = { amountMinor: number; currency: string }
type CartState = { id: string; version: number }

const STATUS: Record<Order['status'], string> = {
  PLACED: 'PENDING',
  PAYMENT_AUTHORISED: 'AUTHORISED',
  PICKING: 'AUTHORISED',
  SHIPPED: 'CAPTURED',
  DELIVERED: 'CAPTURED',
  CANCELLED: 'VOIDED',
  RETURNED: 'REFUNDED',
}

/** Enough of a payment to list and filter by. */
type PaymentRow = Pick<Payment, 'id' | 'customerId' | 'status' | 'createdAt'>

const compared = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const seededRows = () =>
  orderHeads('all').map(
    ({ number, customerNumber, status, placedAt }): PaymentRow => ({
      id: `pay${number}`,
      customerId: `c${customerNumber}`,
      status: STATUS[status],
      createdAt: iso(placedAt),
    }),
  )

/** Payments: one for each order of the seed, and the authorisations since. */
export function createPayments() {
  const own = new Map<string, Payment>()
  const newest: string[] = []
  /** The latest authorisation of a cart in one state. */
  const paidFor = new Map<string, string>()

  const seeded = (number: number): Payment => {
    const order = seededOrder(number)
    return paymentRecord(
      `pay${number}`,
      order.customerId,
      order.total,
      STATUS[order.status],
      Date.parse(order.placedAt),
    )
  }
  const of = (id: string): Payment | undefined => {
    const number = orderNumber(id, 'pay')
    return own.get(id) ?? (number === undefined ? undefined : seeded(number))
  }

  return {
    of,
    /** Enough of every payment to list and filter by, newest first; equal times in reverse order of the ids. */
    rows(): readonly PaymentRow[] {
      return [...newest.flatMap((id) => own.get(id) ?? []), ...seededRows()]
        .map((row) => own.get(row.id) ?? row)
        .sort((a, b) => compared(b.createdAt, a.createdAt) || compared(b.id, a.id))
    },
    /** What was authorised since the start, voided or not; newest first. */
    since: (): Payment[] => newest.flatMap((id) => own.get(id) ?? []),
    /** Whether a cart in this state has an authorisation that was not voided. */
    isPaidFor: (cart: CartState): boolean =>
      own.get(paidFor.get(nameOf(cart)) ?? '')?.status === 'AUTHORISED',
    authorise(customerId: string, amount: Money, cart?: CartState): Payment {
      const id = `pay${FIRST.order + 900_000 + own.size}`
      const payment = paymentRecord(id, customerId, amount, 'AUTHORISED', Date.now())
      own.set(id, payment)
      newest.unshift(id)
      if (cart) paidFor.set(nameOf(cart), id)
      return payment
    },
    /** Idempotent. `undefined` when there is no such payment. */
    void(id: string): Payment | undefined {
      const payment = of(id)
      if (!payment) return undefined
      const voided = { ...payment, status: 'VOIDED' }
      own.set(id, voided)
      return voided
    },
  }
}

const nameOf = ({ id, version }: CartState): string => `${id} ${version}`

function paymentRecord(id: string, customerId: string, amount: Money, status: string, at: number) {
  const r = random('payment', id)
  return {
    id,
    customerId,
    status,
    amount,
    createdAt: new Date(at).toISOString(),
    processorRef: `ch_${r.hex(24)}`,
    processor: r.pick(['adyen', 'stripe', 'worldline']),
    method: { kind: r.pick(['card', 'sepa', 'paypal']), last4: String(r.int(1000, 9999)) },
    riskScore: r.int(0, 99),
    feeMinor: Math.round(amount.amountMinor * 0.014) + 25,
    settlementBatch: `stl-2026-${r.int(100, 330)}`,
    audit: recordAudit(r.int(1, 999), Math.min(at, Date.now()), 'payments'),
  }
}
