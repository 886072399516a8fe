import type { Cart, Order, Payment, Quote } from '@harbor/shared-clients'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { CheckoutClients } from '../src/steps.ts'

const AT = '2026-03-01T12:00:00.000Z'
const EUR = { amountMinor: 100, currency: 'EUR' }
export const DECLINED = 'declined'
const SKU = 'HB-1001'

type Placed = { id: string; cartId: string; cartVersion: number; quantity: number } & Links
type Links = { paymentId: string; reservationId: string }

/** What surrounds a call of one process: it may never come back, or its answer may be lost. */
export type Surroundings = { before(): Promise<void>; after(): Promise<void> }

/**
 * The services of a checkout, in memory. Each effect comes once for a key.
 * @param guarded whether orders and payments also refuse a version of a cart that was ordered or paid for
 */
export function createFakeShop({ guarded }: { guarded: boolean }) {
  const carts = new Map<string, { version: number; quantity: number; added: number }>()
  const orders: Placed[] = []
  const payments = new Map<string, { status: 'AUTHORISED' | 'VOIDED'; state: string }>()
  const reservations = new Map<string, 'RESERVED' | 'RELEASED'>()
  const answers = new Map<string, () => unknown>()

  const cartOf = (id: string) => {
    const cart = carts.get(id) ?? { version: 1, quantity: 0, added: 0 }
    carts.set(id, cart)
    return cart
  }
  function once<T>(service: string, key: string, make: () => T): T {
    const name = `${service} ${key}`
    const known = answers.get(name)
    if (known) return known() as T
    try {
      const made = make()
      answers.set(name, () => made)
      return made
    } catch (error) {
      answers.set(name, () => {
        throw error
      })
      throw error
    }
  }
  const refuse = (service: string, code: 'rejected' | 'precondition_failed'): never => {
    throw new UpstreamError(service, code, 'refused')
  }

  const cartAnswer = (id: string): Cart => {
    const { version, quantity } = cartOf(id)
    const line = {
      sku: SKU,
      productId: 'p1001',
      name: 'Rope',
      imageUrl: 'https://img.example/p1001',
      quantity,
    }
    return {
      id,
      customerId: `customer of ${id}`,
      currency: EUR.currency,
      lines: quantity > 0 ? [line] : [],
      destination: { country: 'DE', postalCode: '10115' },
      updatedAt: AT,
      version,
    }
  }
  const quoteAnswer = (id: string): Quote => {
    const { version, quantity } = cartOf(id)
    const totalMinor = quantity * EUR.amountMinor
    const line = { sku: SKU, quantity, unitMinor: EUR.amountMinor, totalMinor, discountBasisPoints: 0 }
    return {
      quoteId: `quote of ${id} ${version}`,
      currency: EUR.currency,
      lines: quantity > 0 ? [line] : [],
      subtotalMinor: totalMinor,
      discountMinor: 0,
      totalMinor,
      cartVersion: version,
    }
  }

  return {
    orders,
    addedTo: (id: string): number => cartOf(id).added,
    add(id: string): void {
      const cart = cartOf(id)
      Object.assign(cart, { version: cart.version + 1, quantity: cart.quantity + 1, added: cart.added + 1 })
    },
    authorised: () => [...payments].filter(([, { status }]) => status === 'AUTHORISED').map(([id]) => id),
    reserved: () => [...reservations].filter(([, status]) => status === 'RESERVED').map(([id]) => id),

    /** The clients of one process. */
    clients({ before, after }: Surroundings): CheckoutClients {
      const call =
        <A extends unknown[], T>(effect: (...args: A) => T) =>
        async (...args: A): Promise<T> => {
          await before()
          const answer = effect(...args)
          await after()
          return answer
        }
      return {
        cart: { byId: call(cartAnswer), nowById: call(cartAnswer) },
        pricing: { quote: call(quoteAnswer) },
        inventory: {
          reserve: call((id) => {
            if (reservations.get(id) === 'RELEASED')
              throw new UpstreamError('inventory', 'conflict', 'released')
            reservations.set(id, 'RESERVED')
            return { reserved: true, shortSkus: [] }
          }),
          release: call((id) => void reservations.set(id, 'RELEASED')),
        },
        fraud: { assess: call(() => ({ id: 'assessment', decision: 'ACCEPT' as const })) },
        payments: {
          authorise: call(({ customerId, amount, method, cart }, key) =>
            once('payments', key, (): Payment => {
              if (method === DECLINED) refuse('payments', 'rejected')
              const state = `${cart.id} ${cart.version}`
              const paid = [...payments.values()].some(
                (one) => one.status === 'AUTHORISED' && one.state === state,
              )
              if (guarded && paid) refuse('payments', 'precondition_failed')
              const id = `payment of ${key}`
              payments.set(id, { status: 'AUTHORISED', state })
              return { id, customerId, amount, status: 'AUTHORISED', createdAt: AT }
            }),
          ),
          void: call((id): Payment => {
            const payment = payments.get(id)
            if (!payment) throw new UpstreamError('payments', 'not_found', 'no such payment')
            payment.status = 'VOIDED'
            return { id, customerId: '', amount: EUR, status: 'VOIDED', createdAt: AT }
          }),
        },
        orders: {
          create: call(({ customerId, cartId, cartVersion, lines, paymentId, reservationId }, key) =>
            once('orders', key, (): Order => {
              const cart = cartOf(cartId)
              if (guarded && cart.version !== cartVersion) refuse('orders', 'precondition_failed')
              const id = `o${orders.length}`
              const quantity = lines.reduce((sum, line) => sum + line.quantity, 0)
              orders.push({ id, cartId, cartVersion, quantity, paymentId, reservationId })
              // One that does not look at the version leaves in the cart what it was not asked to order.
              cart.quantity = Math.max(0, cart.quantity - quantity)
              cart.version++
              return { id, number: id, customerId, status: 'PLACED', placedAt: AT, total: EUR, lines: [] }
            }),
          ),
        },
        shipping: { createShipment: call(() => undefined) },
      }
    },
  }
}

export type FakeShop = ReturnType<typeof createFakeShop>
