import { TaxLinesTable } from '../../gen/operations.ts'
import { orderOf } from '../asked.ts'
import { show } from '../show.ts'
import { defineTable } from '../table.ts'

type Line = {
  readonly sku: string
  readonly rateBasisPoints: number
  readonly tax: { readonly formatted: string }
}

const lineOf = ({ sku, rateBasisPoints, tax }: Line): string =>
  `${sku}: ${tax.formatted} (${show('percent', rateBasisPoints)})`

export const taxLines = defineTable({
  title: 'Tax lines',
  one: 'calculation of tax',
  operation: TaxLinesTable,
  variables: (asked) => ({
    first: asked.first,
    filter: { orderId: asked.filter.orderId },
    sort: orderOf(['ORDER'], asked),
  }),
  pick: ({ administration }) => administration.taxLines,
  columns: [
    { name: 'Calculation', value: ({ id }) => id },
    { name: 'Order', value: ({ orderId }) => orderId, sort: 'ORDER' },
    { name: 'Calculated', kind: 'instant', value: ({ calculatedAt }) => calculatedAt },
    { name: 'Tax', kind: 'money', value: ({ total }) => total.formatted },
    { name: 'Lines', value: ({ lines }) => lines.map(lineOf).join(' · ') },
  ],
  filters: [{ name: 'orderId', label: 'Order id', hint: 'o104988' }],
  orderId: ({ orderId }) => orderId,
})
