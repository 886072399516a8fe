import { addToCart } from '@harbor/shared-checkout'
import { Cart } from '@harbor/shared-clients'
import { builder } from '../../builder.ts'
import { guardedMutation } from '../../writes/mutation.ts'
import { assertId, assertQuantity } from '../limits.ts'
import { cartPayload } from './cart-payload.ts'
import { OutOfStock, UnknownSku } from './errors.ts'

guardedMutation({
  name: 'addToCart',
  access: 'customer',
  description: 'Puts a product into the cart, or more of it.',
  budgetMs: 1_500,
  asks: ['cart.ofCustomer', 'inventory.stock', 'cart.addLine'],
  input: builder.inputType('AddToCartInput', {
    description: 'What is put into the cart.',
    fields: (t) => ({
      idempotencyKey: t.id({
        required: true,
        description: 'A new UUID for each write; its retries have the same.',
      }),
      sku: t.id({ required: true, description: 'What is added.' }),
      quantity: t.int({ required: true, defaultValue: 1, description: 'How many of it, 1 to 99.' }),
    }),
  }),
  payload: cartPayload('AddToCartPayload'),
  kept: Cart,
  errors: [OutOfStock, UnknownSku],

  async run({ sku, quantity }, { upstreams: clients, writes: { analytics }, viewer, key }) {
    assertId(sku)
    assertQuantity(quantity)
    return addToCart({ customerId: viewer.id, sku, quantity }, { clients, analytics, key })
  },
})
