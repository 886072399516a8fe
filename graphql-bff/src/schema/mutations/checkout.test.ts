import { CHECKOUT_REASONS } from '@harbor/shared-checkout'
import { describe, expect, it } from 'vitest'
import { cart } from '../../../test/fake-rows.ts'
import { failing, KEY, type Options, refusedAs, runMutation, SECRET } from '../../../test/run-mutation.ts'
import * as errors from './errors.ts'

const CHECKOUT = `checkout(input: { ${KEY}, cartVersion: 1, total: { amount: 500, currency: "EUR" }, paymentMethod: "card" })`

describe('checkout', () => {
  const CALLS = {
    'cart.ofCustomer': 1,
    'cart.byId': 1,
    'pricing.quote': 1,
    'cart.nowById': 1,
    'inventory.reserve': 1,
    'fraud.assess': 1,
    'payments.authorise': 1,
    'orders.create': 1,
    'shipping.createShipment': 1,
  }

  it('places the order by the saga, each step once', async () => {
    const { result, calls } = await runMutation(CHECKOUT, {
      selection: '... on CheckoutPayload { number status total { amount } }',
    })
    expect(result).toEqual({
      __typename: 'CheckoutPayload',
      number: 'HC-2026-1',
      status: 'ON_ITS_WAY',
      total: { amount: 500 },
    })
    expect(calls).toEqual(CALLS)
  })

  it.each([
    ['another version of the cart', 'cartVersion: 2, total: { amount: 500, currency: "EUR" }', 'CartChanged'],
    ['another total', 'cartVersion: 1, total: { amount: 499, currency: "EUR" }', 'TotalChanged'],
    ['another currency', 'cartVersion: 1, total: { amount: 500, currency: "USD" }', 'TotalChanged'],
  ])('orders nothing for %s than the customer was shown', async (_, shown, type) => {
    const { result, calls } = await runMutation(
      `checkout(input: { ${KEY}, ${shown}, paymentMethod: "card" })`,
    )
    expect(result).toMatchObject({ __typename: type })
    expect(calls).toEqual({ 'cart.ofCustomer': 1, 'cart.byId': 1, 'pricing.quote': 1 })
  })

  it.each<[type: string, code: string, options: Options]>([
    ['CartEmpty', 'CART_EMPTY', { lines: 0 }],
    [
      'OutOfStock',
      'OUT_OF_STOCK',
      { answering: { inventory: { reserve: async () => ({ reserved: false, shortSkus: ['HB-3000'] }) } } },
    ],
    [
      'OrderNotAccepted',
      'NOT_ACCEPTED',
      { answering: { fraud: { assess: async () => ({ id: 'a', decision: 'REJECT' }) } } },
    ],
    ['PaymentDeclined', 'PAYMENT_DECLINED', { answering: { payments: { authorise: failing('rejected') } } }],
    [
      'CheckoutConflict',
      'IN_CHECKOUT',
      { answering: { payments: { authorise: failing('precondition_failed') } } },
    ],
    ['CartChanged', 'CART_CHANGED', { answering: { orders: { create: failing('precondition_failed') } } }],
    [
      'CartChanged',
      'CART_CHANGED',
      { answering: { cart: { nowById: async (id) => ({ ...cart(id, 1), version: 2 }) } } },
    ],
  ])('says %s (%s), and leaves nothing reserved or paid', async (type, code, options) => {
    const { result, calls, text } = await runMutation(CHECKOUT, options)
    expect(result).toEqual(refusedAs(type, code))
    expect(text).not.toContain(SECRET)
    // What was reserved is released, and what was paid is voided; a refused step has nothing to take back.
    const done = (call: string) => calls[call] === 1
    expect(done('inventory.release')).toBe(done('fraud.assess'))
    expect(done('payments.void')).toBe(done('orders.create'))
  })

  it('has an error for every reason of a refusal', () => {
    const reasons = Object.values(errors).flatMap(({ on }) => on)
    expect(reasons).toEqual(expect.arrayContaining(Object.keys(CHECKOUT_REASONS)))
  })

  it('takes no number of a card', async () => {
    const { status, errors, calls, text } = await runMutation(
      CHECKOUT.replace('"card"', '"4111111111111111"'),
    )
    expect([status, errors?.[0]?.extensions.code, calls]).toEqual([400, 'INVALID_REQUEST', {}])
    expect(text).not.toContain('4111')
  })
})
