import { isNumeric } from './show.ts'
import type { ShownColumn } from './table.ts'

/** The word by which a table is ordered, none for its usual order. */
export type Order = { readonly sort: string | undefined; readonly descending: boolean }

type Props = { column: ShownColumn; order: Order; onOrder: (order: Order) => void }

/** The name of a column; a button where the table can be ordered by it: ascending, then descending. */
export function HeadCell({ column: { name, kind, sort }, order, onOrder }: Props) {
  const isOrdered = sort !== undefined && order.sort === sort
  const direction = order.descending ? 'descending' : 'ascending'
  return (
    <th
      scope="col"
      className={isNumeric(kind) ? 'numeric' : undefined}
      aria-sort={sort === undefined ? undefined : isOrdered ? direction : 'none'}
    >
      {sort === undefined ? (
        name
      ) : (
        <button
          type="button"
          className="sort-button"
          onClick={() => onOrder({ sort, descending: isOrdered && !order.descending })}
        >
          {name}
          <span aria-hidden="true" className="arrow">
            {isOrdered ? (order.descending ? '▼' : '▲') : '↕'}
          </span>
        </button>
      )}
    </th>
  )
}
