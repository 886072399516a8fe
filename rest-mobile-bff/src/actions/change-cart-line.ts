import { beforeWriting } from '@harbor/shared-runtime/writes/idempotency'
import { z } from 'zod'
import { defineAction } from '../define.ts'
import { Quantity, Sku } from '../input.ts'
import { CartChange, cartChange } from '../views/cart-change.ts'

export const changeCartLineAction = defineAction({
  name: 'change-cart-line',
  method: 'PATCH',
  path: '/v1/cart/items/{sku}',
  summary: 'Sets how many of a product are in the cart',
  version: 1,
  access: ['cart:write'],
  target: 'revisioned',
  revision: ({ version }) => version,
  budgetMs: 600,
  params: z.object({ sku: Sku }),
  body: z.strictObject({ quantity: Quantity }),

  run: async ({ clients, viewer, params: { sku }, body: { quantity }, key, precondition }) => {
    const { id } = await beforeWriting(clients.cart.ofCustomer(viewer.id))
    return clients.cart.setQuantity(id, { sku, quantity }, { idempotencyKey: key, precondition })
  },

  view: CartChange,
  project: cartChange,
})
