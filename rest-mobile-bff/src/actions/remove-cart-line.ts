import { beforeWriting } from '@harbor/shared-runtime/writes/idempotency'
import { z } from 'zod'
import { defineAction } from '../define.ts'
import { Sku } from '../input.ts'
import { CartChange, cartChange } from '../views/cart-change.ts'

export const removeCartLineAction = defineAction({
  name: 'remove-cart-line',
  method: 'DELETE',
  path: '/v1/cart/items/{sku}',
  summary: 'Takes a product out of the cart',
  version: 1,
  access: ['cart:write'],
  target: 'revisioned',
  revision: ({ version }) => version,
  budgetMs: 600,
  params: z.object({ sku: Sku }),

  run: async ({ clients, viewer, params: { sku }, key, precondition }) => {
    const { id } = await beforeWriting(clients.cart.ofCustomer(viewer.id))
    return clients.cart.removeLine(id, sku, { idempotencyKey: key, precondition })
  },

  view: CartChange,
  project: cartChange,
})
