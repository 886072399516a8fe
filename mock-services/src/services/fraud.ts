import { z } from 'zod'
import { post, type Routes, requireMayCheckOut } from '../routes.ts'
import { random } from '../seed/random.ts'

const Draft = z.object({
  customerId: z.string(),
  total: z.object({ amountMinor: z.int().min(0), currency: z.string().length(3) }),
  lines: z.array(z.looseObject({ sku: z.string(), quantity: z.int().min(1) })).max(100),
  shippingCountry: z.string().length(2),
})

/** Always rejected, so that the way of a rejection can be seen. */
const REJECTED_CUSTOMER = 'c1013'
const REVIEW_FROM_MINOR = 500_000
const REJECT_FROM_MINOR = 5_000_000

export const fraudRoutes = (): Routes => [
  post('/assessments', Draft, ({ customerId, total, lines, shippingCountry }, call) => {
    requireMayCheckOut(call, customerId, 'customer')
    const r = random('fraud', customerId, total.amountMinor, shippingCountry)
    const decision =
      customerId === REJECTED_CUSTOMER || total.amountMinor >= REJECT_FROM_MINOR
        ? 'REJECT'
        : total.amountMinor >= REVIEW_FROM_MINOR
          ? 'REVIEW'
          : 'ACCEPT'
    const score = { REJECT: r.int(850, 999), REVIEW: r.int(500, 849), ACCEPT: r.int(5, 220) }[decision] / 10
    return {
      id: `fra-${r.hex(12)}`,
      decision,
      score,
      signals: [
        { name: 'velocity24h', value: r.int(0, 4), weight: 0.21 },
        { name: 'addressDistanceKm', value: r.int(0, 700), weight: 0.17 },
        { name: 'emailAgeDays', value: r.int(100, 4000), weight: 0.12 },
        { name: 'basketPieces', value: lines.reduce((sum, line) => sum + line.quantity, 0), weight: 0.05 },
        { name: 'shippingCountry', value: shippingCountry, weight: 0.08 },
      ],
      model: 'gbm-2026-10-14',
      reviewQueue: decision === 'REVIEW' ? 'eu-high-value' : null,
    }
  }),
]
