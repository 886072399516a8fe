import type { PriceRow } from '@harbor/shared-clients'
import type { Columns } from './columns.ts'
import { defineTable } from './define-table.ts'
import { byId } from './filters.ts'

defineTable('prices', {
  row: 'PriceRow',
  description: 'What a SKU costs now.',
  columns: (column: Columns<PriceRow>) => ({
    sku: column.text('What is priced.', ({ sku }) => sku),
    list: column.money('Before the discount.', ({ listMinor, currency }) => ({
      amountMinor: listMinor,
      currency,
    })),
    sale: column.money('What a customer pays.', ({ saleMinor, currency }) => ({
      amountMinor: saleMinor,
      currency,
    })),
    discountBasisPoints: column.count(
      'Hundredths of a percent off the list price.',
      (row) => row.discountBasisPoints,
    ),
    priceList: column.text('The price list that it is from.', ({ priceListId }) => priceListId),
    validUntil: column.instant('When the price list ends.', ({ validUntil }) => validUntil),
    audit: column.audit(({ audit }) => audit),
  }),
  filters: { sku: byId('Of this SKU.') },
  sorts: { SKU: 'sku', SALE: 'sale', DISCOUNT: 'discount' },
  asks: 'pricing.rows',
  list: ({ pricing }, page, filters) => pricing.rows({ ...page, ...filters }),
})
