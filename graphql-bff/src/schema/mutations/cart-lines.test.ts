import { describe, expect, it, test } from 'vitest'
import { failing, READ_CART, refusedAs, runMutation, SECRET } from '../../../test/run-mutation.ts'

describe.each([
  ['changeCartLine', 'sku: "HB-3000", quantity: 2', 'setQuantity'],
  ['removeCartLine', 'sku: "HB-3000"', 'removeLine'],
] as const)('%s', (name, input, call) => {
  it('writes once, and answers with the cart', async () => {
    const payload = `${name.charAt(0).toUpperCase()}${name.slice(1)}Payload`
    const { result, calls } = await runMutation(`${name}(input: { ${input} })`, {
      selection: `... on ${payload} { cart { version } }`,
    })
    expect(result).toEqual({ __typename: payload, cart: { version: 1 } })
    expect(calls).toEqual({ ...READ_CART, [`cart.${call}`]: 1 })
  })

  it('names the state of the cart that it is meant for, and says when the cart is in another', async () => {
    const conditions: unknown[] = []
    const { result } = await runMutation(`${name}(input: { ${input}, cartVersion: 7 })`, {
      answering: {
        cart: {
          [call]: async (...args: unknown[]) => {
            conditions.push(args.at(-1))
            return failing('precondition_failed')()
          },
        },
      },
    })
    expect(conditions).toEqual([expect.objectContaining({ precondition: { versions: [7] } })])
    expect(result).toEqual(refusedAs('CartChanged', 'CART_CHANGED'))
  })
})

test('changeCartLine says that the line is gone', async () => {
  const gone = { answering: { cart: { setQuantity: failing('not_found') } } }
  const { result, text } = await runMutation('changeCartLine(input: { sku: "HB-3000", quantity: 2 })', gone)
  expect(result).toEqual(refusedAs('LineNotInCart', 'LINE_NOT_IN_CART'))
  expect(text).not.toContain(SECRET)
})
