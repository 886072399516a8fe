import { addToCart } from '@harbor/shared-checkout'
import { z } from 'zod'
import { defineAction } from '../define.ts'
import { Quantity, Sku } from '../input.ts'
import { CartChange, cartChange } from '../views/cart-change.ts'

export const addToCartAction = defineAction({
  name: 'add-to-cart',
  method: 'POST',
  path: '/v1/cart/items',
  summary: 'Puts a product into the cart',
  version: 1,
  access: ['cart:write'],
  problems: ['OUT_OF_STOCK'],
  target: 'revisioned',
  revision: ({ version }) => version,
  budgetMs: 800,
  body: z.strictObject({ sku: Sku, quantity: Quantity }),

  run: ({ clients, viewer, body, key, precondition, analytics }) =>
    addToCart({ customerId: viewer.id, ...body }, { clients, analytics, key, precondition }),

  view: CartChange,
  project: cartChange,
})
