import { CustomersTable } from '../../gen/operations.ts'
import { oneOf, orderOf } from '../asked.ts'
import { defineTable } from '../table.ts'

const TIERS = ['BASIC', 'SILVER', 'GOLD', 'PLATINUM'] as const

export const customers = defineTable({
  title: 'Customers',
  one: 'customer',
  operation: CustomersTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { words: asked.filter.words, loyaltyTier: oneOf(TIERS, asked.filter.loyaltyTier) },
    sort: orderOf(['ID', 'NAME', 'MEMBER_SINCE'], asked),
    risk: asked.roles.includes('risk'),
  }),
  pick: ({ administration }) => administration.customers,
  columns: [
    { name: 'Customer', value: ({ id }) => id, sort: 'ID' },
    { name: 'Name', value: ({ displayName }) => displayName, sort: 'NAME' },
    { name: 'E-mail', value: ({ email }) => email },
    { name: 'Language', value: ({ locale }) => locale },
    { name: 'Member since', kind: 'instant', value: (row) => row.memberSince, sort: 'MEMBER_SINCE' },
    { name: 'Tier', kind: 'word', value: ({ loyaltyTier }) => loyaltyTier },
    { name: 'Points', kind: 'number', value: ({ loyaltyPoints }) => loyaltyPoints },
    { name: 'Fraud score', kind: 'number', role: 'risk', value: ({ fraudScore }) => fraudScore },
  ],
  filters: [
    { name: 'words', label: 'Name or e-mail', hint: 'ada' },
    { name: 'loyaltyTier', label: 'Tier', words: TIERS },
  ],
  trail: ({ audit }) => audit,
})
