import type { Cart, Quote } from '@harbor/shared-clients'
import { owned } from '@harbor/shared-edge/rest/owned'
import type { Viewer } from '@harbor/shared-runtime/auth'
import { critical, type Values } from '@harbor/shared-runtime/fan-out'
import { z } from 'zod'
import type { Clients } from '../clients.ts'
import type { Format } from '../format/index.ts'
import { Money } from '../format/money.ts'
import { CartId } from '../input.ts'
import { CartLine, cartLine, isAvailable } from './cart-line.ts'

/** The timeout of each upstream within the budget of a checkout summary, in milliseconds. */
export const EACH = { timeoutMs: 150 }

export const CheckoutQuery = z.object({ cartId: CartId })

type Input = { clients: Clients; viewer: Viewer; query: z.infer<typeof CheckoutQuery> }

/** Fields of every version of the checkout summary: lines and totals. */
export const CheckoutEssentials = z.object({
  cartId: z.string(),
  lines: z.array(CartLine.extend({ available: z.boolean().describe('Whether there is enough of it') })),
  subtotal: Money,
  discount: Money,
  total: Money.describe('Before tax and shipping'),
  tax: Money,
})

/** Two hops instead of four: calls that only need the id of the cart do not wait for the cart. */
export function checkoutEssentials({ clients, viewer, query: { cartId } }: Input) {
  const cart = clients.cart.byId(cartId, EACH).then((found) => owned(viewer, found))
  const quote = clients.pricing.quote(cartId, EACH)
  return {
    cart: critical(cart),
    pricing: critical(quote),
    inventory: critical(cart.then(({ lines }) => clients.inventory.stock(skusOf(lines), EACH))),
    tax: critical(
      Promise.all([cart, quote]).then(([{ destination }, priced]) =>
        clients.tax.calculate(taxBasis(destination.country, priced), EACH),
      ),
    ),
  }
}

export function projectEssentials(
  { cart, pricing, inventory, tax }: Values<ReturnType<typeof checkoutEssentials>>,
  format: Format,
): z.input<typeof CheckoutEssentials> {
  const { currency } = pricing
  const money = (amountMinor: number) => format.money({ amountMinor, currency })
  return {
    cartId: cart.id,
    lines: cart.lines.map((line) => ({
      ...cartLine(line, pricing, format),
      available: isAvailable(line, inventory),
    })),
    subtotal: money(pricing.subtotalMinor),
    discount: money(pricing.discountMinor),
    total: money(pricing.totalMinor),
    tax: format.money({ amountMinor: tax.totalMinor, currency: tax.currency }),
  }
}

const skusOf = (lines: Cart['lines']): string[] => lines.map(({ sku }) => sku)

const taxBasis = (country: string, { currency, lines }: Quote) => ({
  country,
  currency,
  lines: lines.map(({ sku, quantity, totalMinor }) => ({ sku, quantity, netMinor: totalMinor })),
})
