import { owned } from '@harbor/shared-edge/rest/owned'
import { critical } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { Money } from '../format/money.ts'
import { CartLine, cartLine, isAvailable } from '../views/cart-line.ts'
import { pieces } from '../views/order-card.ts'

export const cartScreen = defineScreen({
  name: 'cart',
  path: '/v1/cart',
  summary: 'The cart: what is in it, what it costs, whether there is enough of it',
  version: 1,
  access: ['cart:read'],
  budgetMs: 400,
  // Stored but always revalidated: the app, or the same customer on the web, may just have changed it.
  cache: { scope: 'private', maxAge: 0 },

  sources: ({ clients, optional, viewer }) => {
    const cart = clients.cart.ofCustomer(viewer.id).then((found) => owned(viewer, found))
    return {
      cart: critical(cart),
      pricing: optional(({ pricing }) => cart.then(({ id }) => pricing.quote(id))),
      inventory: optional(({ inventory }) =>
        cart.then(({ lines }) => inventory.stock(lines.map(({ sku }) => sku))),
      ),
    }
  },

  view: z.object({
    id: z.string(),
    items: z.int(),
    lines: z.array(
      CartLine.extend({
        productId: z.string(),
        available: z.boolean().nullable().describe('Whether there is enough of it; null: not known now'),
      }),
    ),
    subtotal: Money.nullable(),
    discount: Money.nullable(),
    total: Money.nullable().describe('Before tax and shipping'),
  }),

  revision: ({ cart }) => cart.version,

  project: ({ cart, pricing, inventory }, format) => {
    const money = (amountMinor: number | undefined) =>
      pricing && amountMinor !== undefined ? format.money({ amountMinor, currency: pricing.currency }) : null
    return {
      id: cart.id,
      items: pieces(cart.lines),
      lines: cart.lines.map((line) => ({
        ...cartLine(line, pricing, format),
        productId: line.productId,
        available: inventory && isAvailable(line, inventory),
      })),
      subtotal: money(pricing?.subtotalMinor),
      discount: money(pricing?.discountMinor),
      total: money(pricing?.totalMinor),
    }
  },
})
