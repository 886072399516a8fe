import type { SkuStock } from '@harbor/shared-clients'
import { describe, expect, it } from 'vitest'
import { rows } from '../../../test/fake-upstreams.ts'
import { KEY, READ_CART, refusedAs, runMutation } from '../../../test/run-mutation.ts'

describe('addToCart', () => {
  const ADD = `addToCart(input: { ${KEY}, sku: "HB-3000" })`

  it('answers with the cart and what it costs now', async () => {
    const { result, calls } = await runMutation(ADD, {
      selection: '... on AddToCartPayload { cart { quote { total { amount } } } }',
    })
    expect(result).toEqual({ __typename: 'AddToCartPayload', cart: { quote: { total: { amount: 500 } } } })
    expect(calls).toEqual({ ...READ_CART, 'inventory.stock': 1, 'cart.addLine': 1, 'pricing.quote': 1 })
  })

  it('says that it is out of stock, or not sold, and does not write', async () => {
    const none = rows(['HB-3000'], (sku) => ({
      sku,
      warehouses: [{ warehouse: 'ber', available: 0, reserved: 4 }],
    }))
    const soldOut = await runMutation(ADD, { answering: { inventory: { stock: async () => none } } })
    expect(soldOut.result).toEqual(refusedAs('OutOfStock', 'OUT_OF_STOCK'))
    const unknown = await runMutation(ADD, {
      answering: { inventory: { stock: async () => rows<SkuStock>([], () => expect.fail()) } },
    })
    expect(unknown.result).toEqual(refusedAs('UnknownSku', 'NOT_FOUND'))
    for (const { calls } of [soldOut, unknown]) expect(calls).toEqual({ ...READ_CART, 'inventory.stock': 1 })
  })

  it.each(['sku: ","', `sku: "HB-3000", quantity: 0`, 'sku: "HB-3000", quantity: 100'])(
    'refuses %s before it asks anybody',
    async (input) => {
      const { status, errors, calls } = await runMutation(`addToCart(input: { ${KEY}, ${input} })`)
      expect([status, errors?.[0]?.extensions.code, calls]).toEqual([400, 'INVALID_REQUEST', {}])
    },
  )
})
