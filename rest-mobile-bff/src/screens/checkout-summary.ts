import { z } from 'zod'
import { defineScreen } from '../define.ts'
import { Money } from '../format/money.ts'
import {
  CheckoutEssentials,
  CheckoutQuery,
  checkoutEssentials,
  EACH,
  projectEssentials,
} from '../views/checkout-essentials.ts'
import { RecommendationCard, recommendationCard } from '../views/recommendation-card.ts'

const RECOMMENDATIONS = 4

export const checkoutSummaryScreen = defineScreen({
  name: 'checkout-summary',
  path: '/v2/checkout-summary',
  summary: 'Everything on the page before "buy": lines, totals, tax, ways to ship',
  version: 2,
  access: ['checkout'],
  budgetMs: 400,
  cache: { scope: 'no-store' },
  query: CheckoutQuery,

  sources: (input) => {
    const { optional, viewer, query } = input
    const { cartId } = query
    const essentials = checkoutEssentials(input)
    return {
      ...essentials,
      shipping: optional(({ shipping }) =>
        essentials.cart.value.then(({ destination, lines }) =>
          shipping.quotes({ cartId, lines, ...destination }, EACH),
        ),
      ),
      promotions: optional(({ promotions }) => promotions.forCart(cartId, EACH)),
      recommendations: optional(({ recommendations }) =>
        recommendations.forCustomer(viewer.id, { limit: RECOMMENDATIONS, ...EACH }),
      ),
    }
  },

  view: CheckoutEssentials.extend({
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

  project: ({ shipping, promotions, recommendations, ...essentials }, format) => ({
    ...projectEssentials(essentials, format),
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
      recommendations?.items.map((recommendation) => recommendationCard(recommendation, format)) ?? null,
  }),
})
