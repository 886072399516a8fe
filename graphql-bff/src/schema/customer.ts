import type { Customer as UpstreamCustomer } from '@harbor/shared-clients'
import { builder } from '../builder.ts'
import { rowById } from './limits.ts'

const Customer = builder.objectRef<UpstreamCustomer>('Customer').implement({
  description: 'A customer as staff see them.',
  fields: (t) => ({
    id: t.exposeID('id', { access: 'staff' }),
    displayName: t.exposeString('displayName', { access: 'staff' }),
    email: t.exposeString('email', { access: 'staff' }),
    memberSince: t.exposeString('memberSince', { access: 'staff', description: 'ISO 8601.' }),
    fraudScore: t.exposeFloat('fraudScore', { access: 'risk', nullable: true, description: 'For risk.' }),
  }),
})

builder.queryField('customer', (t) =>
  t.field({
    type: Customer,
    access: 'staff',
    nullable: true,
    description: '`null` when there is no such customer. For staff.',
    args: { id: t.arg.id({ required: true }) },
    complexity: rowById,
    resolve: (_, { id }, { loaders }) => loaders.customer.load(id),
  }),
)
