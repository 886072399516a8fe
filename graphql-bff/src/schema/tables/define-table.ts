import type { ListingQuery, Page } from '@harbor/shared-clients'
import type { FieldMap } from '@pothos/core'
import { builder } from '../../builder.ts'
import type { UpstreamCall } from '../../fan-out/upstream-call.ts'
import type { Upstreams } from '../../upstreams.ts'
import { connectionOf, connectionType } from '../connection.ts'
import { pageOfRows } from '../limits.ts'
import { Administration } from './administration.ts'
import { type Columns, columnsOf, type FieldsOf } from './columns.ts'
import { type Asked, askedBy, type Filters, filterInput } from './filters.ts'
import { type Sorts, sortBy, sortInput } from './sorts.ts'

/** The most rows of a page: as many as every service lists in one call. */
const MAX_PAGE = 100

type Table<Row, Given extends Filters> = {
  /** Name of the type of its rows. */
  row: string
  description: string
  columns: (column: Columns<Row>, t: FieldsOf<Row>) => FieldMap
  filters: Given
  sorts: Sorts
  /** The one call that a page costs. */
  asks: UpstreamCall
  list: (upstreams: Upstreams, page: ListingQuery, filters: Asked<Given>) => Promise<Page<Row>>
}

/** Declares an administration table as data: a connection with its row type, its filters and its orders. */
export function defineTable<Row extends object, Given extends Filters>(
  name: string,
  { row, description, columns, filters, sorts, asks, list }: Table<Row, Given>,
): void {
  const Row = builder.objectRef<Row>(row)
  Row.implement({ description, fields: (t) => columns(columnsOf(t), t) })
  const type = connectionType(row, Row, 'staff')
  const filterType = filterInput(`${row}FilterInput`, filters)
  const sortType = sortInput(row, sorts)

  builder.objectField(Administration, name, (t) =>
    t.field({
      type,
      access: 'staff',
      nullable: true,
      description: `Each row is ${description.charAt(0).toLowerCase()}${description.slice(1)} At most ${MAX_PAGE} a page.`,
      args: {
        first: t.arg.int({ required: true, defaultValue: 50 }),
        after: t.arg.string({ description: 'The endCursor of the page before, in the same order.' }),
        filter: t.arg({ type: filterType, description: 'Which rows; without it, all.' }),
        sort: t.arg({ type: sortType, description: 'In which order; without it, the usual one.' }),
      },
      asks,
      complexity: pageOfRows<{ filter?: Readonly<Record<string, unknown>> | null | undefined }>(
        MAX_PAGE,
        ({ filter }) => {
          askedBy(filters, filter)
        },
      ),
      resolve: async (_, { first, after, filter, sort }, { upstreams }) =>
        connectionOf(
          await list(
            upstreams.optional,
            { limit: first, cursor: after ?? undefined, sort: sortBy(sorts, sort) },
            askedBy(filters, filter),
          ),
          after,
        ),
    }),
  )
}
