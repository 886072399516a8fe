import type { Audit, Money as UpstreamMoney } from '@harbor/shared-clients'
import type { Role } from '@harbor/shared-runtime/auth'
import type { GraphTypes } from '../../builder.ts'
import { Customer } from '../customer.ts'
import { oneRow } from '../limits.ts'
import { Money } from '../money.ts'
import type { openEnum } from '../open-enum.ts'
import { Product } from '../product.ts'
import { AuditTrail } from './audit-trail.ts'

/** The fields of a row's type, for a column of a kind of its own. */
export type FieldsOf<Row> = PothosSchemaTypes.ObjectFieldBuilder<GraphTypes, Row>
type OpenEnum<Word extends string> = ReturnType<typeof openEnum<Word>>

/** The columns of a table, by their kinds. All are for staff; one for another role is `null` for everybody else. */
export type Columns<Row> = ReturnType<typeof columnsOf<Row>>

export const columnsOf = <Row>(t: FieldsOf<Row>) => ({
  id: (description: string, resolve: (row: Row) => string) => t.id({ access: 'staff', description, resolve }),
  text: (description: string, resolve: (row: Row) => string) =>
    t.string({ access: 'staff', description, resolve }),
  flag: (description: string, resolve: (row: Row) => boolean) =>
    t.boolean({ access: 'staff', description, resolve }),
  instant: (description: string, resolve: (row: Row) => string) =>
    t.field({ type: 'DateTime', access: 'staff', description, resolve }),
  /** A whole number: a count, stock, basis points. */
  count: (description: string, resolve: (row: Row) => number) =>
    t.field({ type: 'SafeInt', access: 'staff', description, resolve }),
  money: (description: string, resolve: (row: Row) => UpstreamMoney) =>
    t.field({ type: Money, access: 'staff', description, resolve }),
  /** A value in a word of the graph; a value without one costs this column of its row. */
  word: <Word extends string>(words: OpenEnum<Word>, description: string, value: (row: Row) => string) =>
    t.field({
      type: words.type,
      access: 'staff',
      nullable: true,
      description,
      // Pothos asks what `Word` is, which is open while it is a type parameter.
      resolve: (row) => words.word(value(row)) as never,
    }),
  audit: (resolve: (row: Row) => Audit) =>
    t.field({
      type: AuditTrail,
      access: 'staff',
      description: 'Who wrote the row first and last.',
      resolve,
    }),

  /** What one role alone may see. */
  moneyFor: (access: Role, description: string, resolve: (row: Row) => UpstreamMoney) =>
    t.field({ type: Money, access, nullable: true, description, resolve }),
  countFor: (access: Role, description: string, resolve: (row: Row) => number) =>
    t.field({ type: 'SafeInt', access, nullable: true, description, resolve }),
  scoreFor: (access: Role, description: string, resolve: (row: Row) => number) =>
    t.float({ access, nullable: true, description, resolve }),

  /** The customer that a row belongs to, of all rows of a page in one call. */
  customer: (id: (row: Row) => string) =>
    t.field({
      type: Customer,
      access: 'staff',
      nullable: true,
      description: 'The customer whose it is.',
      asks: 'customers.byIds',
      complexity: oneRow,
      resolve: (row, _, { loaders }) => loaders.customer.load(id(row)),
    }),
  /** The product that a row is about, of all rows of a page in one call. */
  product: (id: (row: Row) => string) =>
    t.field({
      type: Product,
      access: 'staff',
      nullable: true,
      description: 'The product that it is about.',
      asks: 'catalog.byIds',
      complexity: oneRow,
      resolve: (row, _, { loaders }) => loaders.product.load(id(row)),
    }),
})
