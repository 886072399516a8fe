import type { Customer } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { openEnum } from './open-enum.ts'

export const LoyaltyTier = openEnum('LoyaltyTier', {
  description: 'How loyal a customer is, the lowest tier first.',
  words: { BASIC: 'TIER_BASIC', SILVER: 'TIER_SILVER', GOLD: 'TIER_GOLD', PLATINUM: 'TIER_PLATINUM' },
})

export const Loyalty = builder.objectRef<Customer>('Loyalty').implement({
  description: 'What a customer has in the loyalty programme.',
  fields: (t) => ({
    tier: t.field({
      type: LoyaltyTier.type,
      access: 'customer',
      nullable: true,
      description: 'The tier that the points have reached.',
      resolve: ({ loyaltyTier }) => LoyaltyTier.word(loyaltyTier),
    }),
    points: t.expose('loyaltyPoints', {
      type: 'SafeInt',
      access: 'customer',
      description: 'Points that can be spent.',
    }),
  }),
})
