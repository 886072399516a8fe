import type { TaxRow } from '@harbor/shared-clients'
import { builder } from '../../builder.ts'
import { Money } from '../money.ts'
import type { Columns, FieldsOf } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId } from './filters.ts'

type Line = TaxRow['lines'][number] & { currency: string }

const TaxLine = builder.objectRef<Line>('TaxLine').implement({
  description: 'The tax on one SKU of an order.',
  fields: (t) => ({
    sku: t.exposeString('sku', { access: 'staff', description: 'What is taxed.' }),
    rateBasisPoints: t.expose('rateBasisPoints', {
      type: 'SafeInt',
      access: 'staff',
      description: 'Hundredths of a percent.',
    }),
    tax: t.field({
      type: Money,
      access: 'staff',
      description: 'How much it is.',
      resolve: ({ taxMinor, currency }) => ({ amountMinor: taxMinor, currency }),
    }),
  }),
})

defineTable('taxLines', {
  row: 'TaxRow',
  description: 'The tax of an order, line by line.',
  columns: (column: Columns<TaxRow>, t: FieldsOf<TaxRow>) => ({
    id: column.id('Stable.', ({ id }) => id),
    orderId: column.id('Id of the order.', ({ orderId }) => orderId),
    calculatedAt: column.instant('When it was calculated.', ({ calculatedAt }) => calculatedAt),
    total: column.money('Of all lines.', ({ totalMinor, currency }) => ({
      amountMinor: totalMinor,
      currency,
    })),
    lines: t.field({
      type: [TaxLine],
      access: 'staff',
      description: 'One a SKU.',
      resolve: ({ lines, currency }) => lines.map((line) => ({ ...line, currency })),
    }),
  }),
  filters: { orderId: byId('Of this order.') },
  sorts: { ORDER: 'order' },
  asks: 'tax.rows',
  list: ({ tax }, page, filters) => tax.rows({ ...page, ...filters }),
})
