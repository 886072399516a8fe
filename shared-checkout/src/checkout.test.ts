import { createLog } from '@harbor/shared-runtime/log'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { sealOf } from '@harbor/shared-runtime/seal'
import { openClaims } from '@harbor/shared-runtime/writes/claims'
import { openRecords } from '@harbor/shared-runtime/writes/leases'
import { describe, expect, it } from 'vitest'
import { createFakeShop, type Surroundings } from '../test/fake-shop.ts'
import { cartClaims } from './cart-claims.ts'
import { createCheckout } from './checkout.ts'

const CART = 'k1'

/** A shop that looks at no versions, and checkouts of one cart there. */
function openShop() {
  const shop = createFakeShop({ guarded: false })
  const claims = cartClaims(openClaims({ redis: undefined, namespace: 'test' }))
  const journals = openRecords({
    redis: undefined,
    namespace: 'test',
    seal: sealOf({}),
    keepMs: 60_000,
    recovered: true,
  })
  const place = (id: string, surroundings: Partial<Surroundings>, shown: { cartVersion?: number } = {}) => {
    const clients = shop.clients({ before: async () => {}, after: async () => {}, ...surroundings })
    const checkout = createCheckout({
      name: 'test',
      clientsFor: () => clients,
      journals,
      claims,
      log: createLog('test', 'silent'),
    })
    const context = createRequestContext({ budgetMs: 10_000 })
    const request = { customerId: `customer of ${CART}`, cartId: CART, paymentMethod: 'card', ...shown }
    return checkout.place(request, { id, context, clients, leaseMs: 20_000 }).finally(context.end)
  }
  return { shop, place }
}

/** Lets calls pass until the n-th, which says that it is there and waits. */
function gate(n: number) {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  let calls = 0
  return {
    reached: reached.promise,
    open: opened.resolve,
    async pass(): Promise<void> {
      if (++calls !== n) return
      reached.resolve()
      await opened.promise
    },
  }
}

describe('a checkout', () => {
  it('that has read the cart before another one ordered it, and claims it afterwards, orders nothing', async () => {
    const { shop, place } = openShop()
    shop.add(CART)
    // Cart, quote, cart again, reservation, fraud, payment: the first one waits before it pays.
    const paying = gate(6)
    const first = place('first', { before: paying.pass })
    await paying.reached
    shop.add(CART)
    const read = gate(2)
    const second = place('second', { after: read.pass })
    await read.reached
    paying.open()
    await first
    read.open()
    await expect(second).rejects.toMatchObject({ code: 'CHECKOUT_CONFLICT', reason: 'CART_CHANGED' })
    expect(shop.orders.map(({ quantity }) => quantity)).toEqual([1])
    expect(await place('third', {})).toMatchObject({ id: 'o1' })
    expect(shop.orders.map(({ quantity }) => quantity)).toEqual([1, 1])
  })
  it('of a cart that was shown in another state orders nothing, now or later', async () => {
    const { shop, place } = openShop()
    shop.add(CART)
    const { version } = await shop.clients({ before: async () => {}, after: async () => {} }).cart.byId(CART)
    await expect(place('first', {}, { cartVersion: version - 1 })).rejects.toMatchObject({
      cause: { code: 'CHECKOUT_CONFLICT', reason: 'CART_CHANGED' },
    })
    expect(shop.orders).toEqual([])
    // An attempt that was delayed on its way must not order what its consumer was told is not ordered.
    await expect(place('first', {}, { cartVersion: version })).rejects.toMatchObject({
      cause: { code: 'CHECKOUT_CONFLICT', reason: 'CART_CHANGED' },
    })
    expect(await place('second', {}, { cartVersion: version })).toMatchObject({ id: 'o0' })
  })
})
