import type { PromotionRow } from '@harbor/shared-clients'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId } from './filters.ts'

defineTable('promotions', {
  row: 'PromotionRow',
  description: 'A discount on a SKU for some time.',
  columns: (column: Columns<PromotionRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    sku: column.text('What costs less.', ({ sku }) => sku),
    label: column.text('As customers read it.', ({ label }) => label),
    campaign: column.text('The campaign that it is part of.', ({ campaignName }) => campaignName),
    discountBasisPoints: column.count('Hundredths of a percent off.', (row) => row.discountBasisPoints),
    startsAt: column.instant('When it starts.', ({ startsAt }) => startsAt),
    endsAt: column.instant('When it ends.', ({ endsAt }) => endsAt),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: { sku: byId('On this SKU.') },
  sorts: { ID: 'id', ENDS_AT: 'endsAt', DISCOUNT: 'discount' },
  asks: 'promotions.rows',
  list: ({ promotions }, page, filters) => promotions.rows({ ...page, ...filters }),
})
