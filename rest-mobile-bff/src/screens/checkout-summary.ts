import type { Cart, Quote } from '@harbor/shared-clients'
import { critical, optional } from '@harbor/shared-runtime/fan-out'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { z } from 'zod'
import { Money } from '../format/money.ts'
import { CartId } from '../input.ts'
import { defineScreen } from '../screen.ts'
import { RecommendationCard, recommendationCard } from '../views/recommendation-card.ts'

/** Each upstream's own share of the budget, in milliseconds. */
const EACH = { timeoutMs: 150 }
const RECOMMENDATIONS = 4

export const checkoutSummaryScreen = defineScreen({
  name: 'checkout-summary',
  path: '/v2/checkout-summary',
  summary: 'Everything on the page before "buy": lines, totals, tax, ways to ship',
  version: 2,
  access: ['checkout'],
  budgetMs: 400,
  cache: { scope: 'no-store' },
  query: z.object({ cartId: CartId }),

  // Two hops instead of seven: what needs only the id of the cart does not wait for the cart.
  sources: ({ clients, viewer, query: { cartId } }) => {
    const cart = clients.cart.byId(cartId, EACH).then((found) => ownedBy(viewer.id, found))
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
      shipping: optional(
        cart.then(({ destination, lines }) =>
          clients.shipping.quotes({ cartId, lines, ...destination }, EACH),
        ),
      ),
      promotions: optional(clients.promotions.forCart(cartId, EACH)),
      recommendations: optional(
        clients.recommendations.forCustomer(viewer.id, { limit: RECOMMENDATIONS, ...EACH }),
      ),
    }
  },

  view: z.object({
    cartId: z.string(),
    lines: z.array(
      z.object({
        sku: z.string(),
        name: z.string(),
        quantity: z.int(),
        unit: Money.nullable(),
        total: Money.nullable(),
        available: z.boolean().describe('Whether there is enough of it'),
        image: z.url(),
      }),
    ),
    subtotal: Money,
    discount: Money,
    total: Money.describe('Before tax and shipping'),
    tax: Money,
    shipping: z
      .array(
        z.object({
          id: z.string(),
          label: z.string(),
          price: Money,
          earliest: z.iso.date(),
          latest: z.iso.date(),
        }),
      )
      .nullable(),
    promotions: z
      .array(z.object({ label: z.string(), sku: z.string(), endsAt: z.iso.datetime() }))
      .nullable(),
    recommendations: z.array(RecommendationCard).nullable(),
  }),

  project: ({ cart, pricing, inventory, tax, shipping, promotions, recommendations }, format) => {
    const { currency } = pricing
    const money = (amountMinor: number) => format.money({ amountMinor, currency })
    const quoted = new Map(pricing.lines.map((line) => [line.sku, line]))
    return {
      cartId: cart.id,
      lines: cart.lines.map(({ sku, name, quantity, imageUrl }) => {
        const line = quoted.get(sku)
        return {
          sku,
          name,
          quantity,
          unit: line ? money(line.unitMinor) : null,
          total: line ? money(line.totalMinor) : null,
          available: (inventory.get(sku)?.warehouses ?? []).some(({ available }) => available >= quantity),
          image: format.thumbnail(imageUrl, 64),
        }
      }),
      subtotal: money(pricing.subtotalMinor),
      discount: money(pricing.discountMinor),
      total: money(pricing.totalMinor),
      tax: format.money({ amountMinor: tax.totalMinor, currency: tax.currency }),
      shipping:
        shipping?.map(({ id, label, price, earliest, latest }) => ({
          id,
          label,
          price: format.money(price),
          earliest,
          latest,
        })) ?? null,
      promotions: promotions?.map(({ label, sku, endsAt }) => ({ label, sku, endsAt })) ?? null,
      recommendations:
        recommendations?.map((recommendation) => recommendationCard(recommendation, format)) ?? null,
    }
  },
})

/** Another customer's cart is not forbidden but not there: its id must not be confirmed. */
function ownedBy(customerId: string, cart: Cart): Cart {
  if (cart.customerId !== customerId) throw new ProblemError('NOT_FOUND')
  return cart
}

const skusOf = (lines: Cart['lines']): string[] => lines.map(({ sku }) => sku)

const taxBasis = (country: string, { currency, lines }: Quote) => ({
  country,
  currency,
  lines: lines.map(({ sku, quantity, totalMinor }) => ({ sku, quantity, netMinor: totalMinor })),
})
