import type { Customer as UpstreamCustomer } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { rowById } from './limits.ts'
import { LoyaltyTier } from './loyalty.ts'

export const Customer = builder.objectRef<UpstreamCustomer>('Customer').implement({
  description: 'A customer as staff see them.',
  fields: (t) => ({
    id: t.exposeID('id', { access: 'staff', description: 'Stable.' }),
    displayName: t.exposeString('displayName', {
      access: 'staff',
      description: 'As the customer is called.',
    }),
    email: t.exposeString('email', { access: 'staff', description: 'The address for mail.' }),
    memberSince: t.exposeString('memberSince', {
      access: 'staff',
      description: 'When the account was opened, ISO 8601.',
    }),
    loyaltyTier: t.field({
      type: LoyaltyTier.type,
      access: 'staff',
      nullable: true,
      description: 'The tier in the loyalty programme.',
      resolve: ({ loyaltyTier }) => LoyaltyTier.word(loyaltyTier),
    }),
    fraudScore: t.exposeFloat('fraudScore', {
      access: 'risk',
      nullable: true,
      description: 'How suspicious the account is. For risk.',
    }),
  }),
})

builder.queryField('customer', (t) =>
  t.field({
    type: Customer,
    access: 'staff',
    nullable: true,
    description: '`null` when there is no such customer. For staff.',
    args: { id: t.arg.id({ required: true }) },
    asks: 'customers.byIds',
    complexity: rowById,
    resolve: (_, { id }, { loaders }) => loaders.customer.load(id),
  }),
)
