import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import { HeadCell, type Order } from './head-cell.tsx'
import { isNumeric, show } from './show.ts'
import type { Rows, ShownColumn, ShownRow } from './table.ts'

/** A column that is shown, with the place of its value in a row. */
export type PlacedColumn = ShownColumn & { readonly index: number }

type Props = {
  label: string
  /** Which rows they are: the table's order and filters. */
  of: string
  columns: readonly PlacedColumn[]
  rows: NonNullable<Rows['rows']>
  total: Rows['total']
  query: Rows['query']
  order: Order
  onOrder: (order: Order) => void
  onOpen: (row: ShownRow) => void
}

/** Pixels; one line each, the whole text is in the drawer. */
const ROW_HEIGHT = 42
/** Rows before the end at which the next page is asked for. */
const AHEAD = 10

/** A table that holds the rows in sight alone; those above and below are room of their height. */
export function Grid({ label, of, columns, rows, total, query, order, onOrder, onOpen }: Props) {
  const frame = useRef<HTMLDivElement>(null)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
  })
  const items = virtual.getVirtualItems()
  const above = items[0]?.start ?? 0
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0)

  const last = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, isPlaceholderData, fetchNextPage } = query
  const mayLoad = hasNextPage && !isFetchingNextPage && !isPlaceholderData
  const scrolled = (virtual.scrollOffset ?? 0) > 0
  useEffect(() => {
    if (scrolled && mayLoad && last >= rows.length - AHEAD) void fetchNextPage()
  }, [scrolled, mayLoad, last, rows.length, fetchNextPage])
  // biome-ignore lint/correctness/useExhaustiveDependencies: other rows begin at their top
  useEffect(() => {
    frame.current?.scrollTo({ top: 0 })
  }, [of])

  return (
    <section
      className="grid-frame"
      ref={frame}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, by the keyboard, too
      tabIndex={0}
      aria-label={`${label}: rows`}
      aria-busy={isPlaceholderData}
    >
      <div style={{ paddingTop: above, paddingBottom: below }}>
        <table className="grid" aria-rowcount={(total ?? rows.length) + 1}>
          <thead>
            <tr aria-rowindex={1}>
              {columns.map((column) => (
                <HeadCell key={column.name} column={column} order={order} onOrder={onOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map(({ index }) => (
              <Row key={index} index={index} row={rows[index] ?? null} columns={columns} onOpen={onOpen} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

type RowProps = Pick<Props, 'columns' | 'onOpen'> & { index: number; row: ShownRow | null }

function Row({ index, row, columns, onOpen }: RowProps) {
  if (!row)
    return (
      <tr aria-rowindex={index + 2}>
        <td colSpan={columns.length} className="broken">
          This row arrived malformed.
        </td>
      </tr>
    )
  return (
    <tr aria-rowindex={index + 2}>
      {columns.map(({ name, kind, index: place }, position) => {
        const text = show(kind, row.values[place])
        return (
          <td key={name} className={isNumeric(kind) ? 'numeric' : undefined}>
            {position === 0 ? (
              <button type="button" className="row-button" onClick={() => onOpen(row)}>
                {text}
              </button>
            ) : (
              (row.controls[place] ?? text)
            )}
          </td>
        )
      })}
    </tr>
  )
}
