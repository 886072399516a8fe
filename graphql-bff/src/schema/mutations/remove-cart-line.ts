import { builder } from '../../builder.ts'
import { because } from '../../writes/because.ts'
import { mutation } from '../../writes/mutation.ts'
import { assertId } from '../limits.ts'
import { cartPayload } from './cart-payload.ts'
import { inVersion } from './cart-version.ts'
import { CartChanged } from './errors.ts'

mutation({
  name: 'removeCartLine',
  access: 'customer',
  description: 'Takes a product out of the cart. No error when it is not there.',
  budgetMs: 1_500,
  asks: ['cart.ofCustomer', 'cart.removeLine'],
  input: builder.inputType('RemoveCartLineInput', {
    description: 'What is taken out of the cart.',
    fields: (t) => ({
      sku: t.id({ required: true, description: 'Which line.' }),
      cartVersion: t.field({ type: 'SafeInt', description: 'Removed in this state of the cart only.' }),
    }),
  }),
  payload: cartPayload('RemoveCartLinePayload'),
  errors: [CartChanged],

  async run({ sku, cartVersion }, { upstreams: { cart }, viewer, key }) {
    assertId(sku)
    const { id } = await cart.ofCustomer(viewer.id)
    return because(
      { precondition_failed: 'CART_CHANGED' },
      cart.removeLine(id, sku, { idempotencyKey: key, ...inVersion(cartVersion) }),
    )
  },
})
