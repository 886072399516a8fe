import type { CustomerRow } from '@harbor/shared-clients'
import { LoyaltyTier } from '../loyalty.ts'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byWord, byWords } from './filters.ts'

defineTable('customers', {
  row: 'CustomerRow',
  description: 'A customer as staff see them.',
  columns: (column: Columns<CustomerRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    displayName: column.text('As the customer is called.', ({ displayName }) => displayName),
    email: column.text('The address for mail.', ({ email }) => email),
    locale: column.text('The language of the customer, BCP 47.', ({ locale }) => locale),
    memberSince: column.text('When the account was opened, ISO 8601.', ({ memberSince }) => memberSince),
    loyaltyTier: column.word(LoyaltyTier, 'The tier that the points have reached.', (row) => row.loyaltyTier),
    loyaltyPoints: column.count('Points that can be spent.', ({ loyaltyPoints }) => loyaltyPoints),
    fraudScore: column.scoreFor('risk', 'How suspicious the account is. For risk.', (row) => row.fraudScore),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: {
    words: byWords('What the name or the address for mail has in it.'),
    loyaltyTier: byWord(LoyaltyTier, 'In this tier.'),
  },
  sorts: { ID: 'id', NAME: 'name', MEMBER_SINCE: 'memberSince' },
  asks: 'customers.rows',
  list: ({ customers }, page, { words, ...filters }) => customers.rows({ ...page, ...filters, q: words }),
})
