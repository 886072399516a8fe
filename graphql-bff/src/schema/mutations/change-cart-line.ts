import { builder } from '../../builder.ts'
import { because } from '../../writes/because.ts'
import { mutation } from '../../writes/mutation.ts'
import { assertId, assertQuantity } from '../limits.ts'
import { cartPayload } from './cart-payload.ts'
import { inVersion } from './cart-version.ts'
import { CartChanged, LineNotInCart } from './errors.ts'

mutation({
  name: 'changeCartLine',
  access: 'customer',
  description: 'Sets how many of a product are in the cart.',
  budgetMs: 1_500,
  asks: ['cart.ofCustomer', 'cart.setQuantity'],
  input: builder.inputType('ChangeCartLineInput', {
    description: 'What a line of the cart is changed to.',
    fields: (t) => ({
      sku: t.id({ required: true, description: 'Which line.' }),
      quantity: t.int({ required: true, description: 'How many of it, 1 to 99.' }),
      cartVersion: t.field({ type: 'SafeInt', description: 'Changed in this state of the cart only.' }),
    }),
  }),
  payload: cartPayload('ChangeCartLinePayload'),
  errors: [LineNotInCart, CartChanged],

  async run({ sku, quantity, cartVersion }, { upstreams: { cart }, viewer, key }) {
    assertId(sku)
    assertQuantity(quantity)
    const { id } = await cart.ofCustomer(viewer.id)
    return because(
      { not_found: 'LINE_NOT_IN_CART', precondition_failed: 'CART_CHANGED' },
      cart.setQuantity(id, { sku, quantity }, { idempotencyKey: key, ...inVersion(cartVersion) }),
    )
  },
})
