import type { ReactNode } from 'react'
import type { PersistedOperation, TrailFragment } from '../gen/operations.ts'
import type { usePages } from '../graph/pages.ts'
import { factsOf, type ProblemFacts } from '../graph/problem.ts'
import { usePrivatePages } from '../session/use-private.ts'
import type { Asked } from './asked.ts'
import type { Kind, Value } from './show.ts'

type Column<Row> = {
  readonly name: string
  readonly kind?: Kind
  readonly value: (row: Row) => Value
  /** The word by which the table can be ordered by this column. */
  readonly sort?: string
  /** What takes the place of the value in its cell. */
  readonly control?: (row: Row) => ReactNode
  /** Who sees it, beside staff: the column is asked for and shown for this role alone. */
  readonly role?: string
}

export type FilterField = {
  readonly name: string
  readonly label: string
  /** The words to choose from; without them, a text. */
  readonly words?: readonly string[]
  readonly hint?: string
}

/** Something that happened to a row. */
type HistoryEntry = {
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly note: string
}

/** A row with its values in the order of the columns. */
export type ShownRow = {
  readonly values: readonly Value[]
  readonly controls: readonly ReactNode[]
  readonly trail: TrailFragment | null
  readonly history: readonly HistoryEntry[]
  /** The order that it belongs to, whose events can be looked at. */
  readonly orderId: string | undefined
}

type Definition<Data, Variables, Row> = {
  title: string
  /** One row of it, for a screen reader and for what is empty: "product". */
  one: string
  operation: PersistedOperation<Data, Variables & { after?: string | null | undefined }>
  variables: (asked: Asked) => Variables
  pick: Parameters<typeof usePages<Data, Variables, Row>>[1]
  columns: readonly Column<Row>[]
  filters: readonly FilterField[]
  trail?: (row: Row) => TrailFragment | null
  history?: (row: Row) => readonly HistoryEntry[]
  orderId?: (row: Row) => string | undefined
}

/** The rows that are loaded, and the way to more. */
export type Rows = {
  /** A broken row is `null`; all are `undefined` where the first page is missing. */
  readonly rows: readonly (ShownRow | null)[] | undefined
  readonly total: number | null | undefined
  readonly why: ProblemFacts | undefined
  readonly query: {
    readonly isPending: boolean
    /** What is shown is of the order or the filters before. */
    readonly isPlaceholderData: boolean
    readonly hasNextPage: boolean
    readonly isFetchingNextPage: boolean
    readonly fetchNextPage: () => unknown
    readonly refetch: () => unknown
  }
}

export type ShownColumn = Required<Pick<Column<never>, 'name' | 'kind'>> & {
  [Name in 'sort' | 'role']: string | undefined
}

export type Table = {
  readonly title: string
  readonly one: string
  readonly filters: readonly FilterField[]
  readonly columns: readonly ShownColumn[]
  readonly useRows: (asked: Asked) => Rows
}

/** A table as the page shows it: what it asks, and how a row becomes values. */
export const defineTable = <Data, Variables, Row>({
  title,
  one,
  operation,
  variables,
  pick,
  columns,
  filters,
  trail = () => null,
  history = () => [],
  orderId = () => undefined,
}: Definition<Data, Variables, Row>): Table => ({
  title,
  one,
  filters,
  columns: columns.map(({ name, kind = 'text', sort, role }) => ({ name, kind, sort, role })),
  useRows(asked: Asked) {
    const { rows, total, why, query } = usePrivatePages<Data, Variables, Row>(
      operation,
      variables(asked),
      pick,
      { keep: true },
    )
    const shown = rows?.map(
      (row): ShownRow | null =>
        row && {
          values: columns.map(({ value }) => value(row)),
          controls: columns.map(({ control }) => control?.(row)),
          trail: trail(row),
          history: history(row),
          orderId: orderId(row),
        },
    )
    return { rows: shown, total, why: query.isError ? factsOf(query.error) : why, query }
  },
})
