import { defineScreen } from '../define.ts'
import {
  CheckoutEssentials,
  CheckoutQuery,
  checkoutEssentials,
  projectEssentials,
} from '../views/checkout-essentials.ts'

/** The first version: essentials only. Served until no app uses it any more. */
export const checkoutSummaryV1Screen = defineScreen({
  name: 'checkout-summary-v1',
  path: '/v1/checkout-summary',
  summary: 'Lines, totals and tax; without ways to ship, promotions and recommendations',
  version: 1,
  deprecated: { since: '2026-11-01', sunset: '2027-11-01', successor: '/v2/checkout-summary' },
  access: ['checkout'],
  budgetMs: 400,
  cache: { scope: 'no-store' },
  query: CheckoutQuery,
  sources: checkoutEssentials,
  view: CheckoutEssentials,
  project: projectEssentials,
})
