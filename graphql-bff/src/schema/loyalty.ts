import type { Customer } from '@harbor/shared-clients'
import { builder } from '../builder.ts'

const LoyaltyTier = builder.enumType('LoyaltyTier', {
  values: ['BASIC', 'SILVER', 'GOLD', 'PLATINUM'] as const,
})

/** Our words for the customers service's tiers. */
const TIERS = new Map<string, typeof LoyaltyTier.$inferType>([
  ['TIER_BASIC', 'BASIC'],
  ['TIER_SILVER', 'SILVER'],
  ['TIER_GOLD', 'GOLD'],
  ['TIER_PLATINUM', 'PLATINUM'],
])

export const Loyalty = builder.objectRef<Customer>('Loyalty').implement({
  fields: (t) => ({
    tier: t.field({
      type: LoyaltyTier,
      access: 'customer',
      nullable: true,
      description: '`null` for a tier that this graph has no word for.',
      resolve: ({ loyaltyTier }) => TIERS.get(loyaltyTier),
    }),
    points: t.exposeInt('loyaltyPoints', { access: 'customer' }),
  }),
})
