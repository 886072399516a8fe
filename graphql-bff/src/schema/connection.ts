import { UpstreamError } from '@harbor/shared-runtime/errors'
import { inPlace, type List } from '@harbor/shared-runtime/rows'
import type { ObjectRef } from '@pothos/core'
import { type Access, builder, type GraphTypes } from '../builder.ts'
import { countedAbove } from './limits.ts'

/** A page of rows as a connection shows it. A row that is an error is a node that is `null`. */
export type Connection<Row> = {
  readonly rows: readonly (Row | UpstreamError)[]
  /** `null` on the last page. */
  readonly nextCursor: string | null
  /** `null` where the upstream does not count. */
  readonly totalCount: number | null
  /** Where this page starts, if it is not the first. */
  readonly after: string | null
}

type UpstreamPage<Row> = List<Row> & { nextCursor: string | null; totalCount: number }

/** The connection of a page as an upstream gives it. */
export const connectionOf = <Row>(
  page: UpstreamPage<Row>,
  after: string | null | undefined,
): Connection<Row> => ({
  rows: inPlace(page),
  nextCursor: page.nextCursor,
  totalCount: page.totalCount,
  after: after ?? null,
})

const PageInfo = builder.objectRef<Connection<unknown>>('PageInfo').implement({
  description: 'Where a page is in its list.',
  fields: (t) => ({
    hasNextPage: t.boolean({
      access: 'public',
      description: 'Whether there are rows after this page.',
      resolve: ({ nextCursor }) => nextCursor !== null,
    }),
    hasPreviousPage: t.boolean({
      access: 'public',
      description: 'Whether there may be rows before this page.',
      resolve: ({ after }) => after !== null,
    }),
    startCursor: t.string({
      access: 'public',
      nullable: true,
      description: 'What this page was asked for with as `after`; `null` for the first page.',
      resolve: ({ after }) => after,
    }),
    endCursor: t.string({
      access: 'public',
      nullable: true,
      description: 'What the next page is asked for with as `after`; `null` for the last page.',
      resolve: ({ nextCursor }) => nextCursor,
    }),
  }),
})

type Edge<Row> = { readonly row: Row | UpstreamError; readonly cursor: string | null }

function nodeOf<Row>(row: Row | UpstreamError): Row {
  if (row instanceof UpstreamError) throw row
  return row
}

/** Declares the connection of a type of rows, and its edges, by the rules of Relay. */
export function connectionType<Row extends object>(
  name: string,
  node: ObjectRef<GraphTypes, Row>,
  access: Access,
) {
  const Edge = builder.objectRef<Edge<Row>>(`${name}Edge`).implement({
    description: 'A row of a page.',
    fields: (t) => ({
      cursor: t.string({
        access,
        nullable: true,
        description: 'The place of the row, where the list has a name for it: after the last row of a page.',
        resolve: ({ cursor }) => cursor,
      }),
      node: t.field({
        type: node,
        access,
        nullable: true,
        description: '`null` when the row arrived malformed: it costs itself, not the list.',
        // Pothos asks whether `Row` is a list, which is open while it is a type parameter.
        resolve: ({ row }) => nodeOf(row) as never,
      }),
    }),
  })
  return builder.objectRef<Connection<Row>>(`${name}Connection`).implement({
    description: 'A page of a list.',
    fields: (t) => ({
      edges: t.field({
        type: [Edge],
        access,
        description: 'The rows of this page.',
        complexity: countedAbove,
        resolve: ({ rows, nextCursor }) =>
          rows.map((row, index) => ({ row, cursor: index === rows.length - 1 ? nextCursor : null })),
      }),
      pageInfo: t.field({
        type: PageInfo,
        access,
        description: 'Where this page is in the list.',
        resolve: (connection) => connection,
      }),
      totalCount: t.field({
        type: 'SafeInt',
        access,
        nullable: true,
        description: 'Rows of all pages together; `null` where nobody counts them.',
        resolve: ({ totalCount }) => totalCount,
      }),
    }),
  })
}
