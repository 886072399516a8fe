import type { Clients } from '@harbor/shared-clients'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { beforeWriting } from '@harbor/shared-runtime/writes/idempotency'
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

  run: async ({ clients, viewer, body, key, precondition, analytics }) => {
    const [cart] = await beforeWriting(
      Promise.all([clients.cart.ofCustomer(viewer.id), requireStock(clients, body.sku)]),
    )
    const changed = await clients.cart.addLine(cart.id, body, { idempotencyKey: key, precondition })
    // biome-ignore lint/plugin: sent to the analytics service
    analytics.record({ name: 'cart_add', at: new Date().toISOString(), properties: body })
    return changed
  },

  view: CartChange,
  project: cartChange,
})

/** Errors of inventory are passed on: unknown product, or out of stock. The quantity is checked at the checkout. */
async function requireStock({ inventory }: Clients, sku: string): Promise<void> {
  const stock = (await inventory.stock([sku])).whole().get(sku)
  if (!stock) throw new ProblemError('NOT_FOUND')
  if (!stock.warehouses.some(({ available }) => available > 0)) throw new ProblemError('OUT_OF_STOCK')
}
