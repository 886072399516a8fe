import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useSession } from '../session/signed-in.tsx'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { More } from '../ui/more.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { useHiddenColumns } from './chosen-columns.ts'
import { ColumnMenu } from './column-menu.tsx'
import { csvOf, save } from './csv.ts'
import { FilterForm } from './filter-form.tsx'
import { Grid } from './grid.tsx'
import { RowDrawer } from './row-drawer.tsx'
import type { ShownRow, Table } from './table.ts'

const route = getRouteApi('/tables/$table')
const ROWS_A_PAGE = 50

/** One table with everything that can be done with it. */
export function TableView({ name, table }: { name: string; table: Table }) {
  const { sort, descending = false, filter = {} } = route.useSearch()
  const navigate = route.useNavigate()
  const { session } = useSession()
  const roles = session.state === 'user' ? session.roles : []
  const { hidden, setShown } = useHiddenColumns(name)
  const [open, setOpen] = useState<ShownRow>()
  const { rows, total, why, query } = table.useRows({ first: ROWS_A_PAGE, sort, descending, filter, roles })

  const allowed = table.columns
    .map((column, index) => ({ ...column, index }))
    .filter(({ role }) => role === undefined || roles.includes(role))
  const columns = allowed.filter(({ name: column }) => !hidden.includes(column))
  const whole = rows?.filter((row) => row !== null) ?? []
  const exportRows = () =>
    save(
      `${name}.csv`,
      csvOf(
        columns.map((column) => column.name),
        whole.map(({ values }) => columns.map(({ index }) => values[index])),
      ),
    )

  return (
    <section className="table-view" aria-labelledby="table-title">
      <header className="table-head">
        <h1 id="table-title">{table.title}</h1>
        <p className="muted" role="status">
          {rows && total != null && `${rows.length.toLocaleString()} of ${total.toLocaleString()}`}
        </p>
        <div className="table-tools">
          <ColumnMenu columns={allowed} hidden={hidden} onChange={setShown} />
          <button type="button" className="button small" disabled={whole.length === 0} onClick={exportRows}>
            Export {whole.length.toLocaleString()} as CSV
          </button>
        </div>
      </header>
      <FilterForm
        fields={table.filters}
        filter={filter}
        onChange={(next) => void navigate({ search: (before) => ({ ...before, filter: next }) })}
      />
      {query.isPending && (
        <div className="grid-frame waiting">
          <Skeleton lines={14} />
        </div>
      )}
      {!query.isPending && !rows && (
        <Degraded what={table.title} why={why} onRetry={() => void query.refetch()} />
      )}
      {rows?.length === 0 && (
        <Empty title={`There is no ${table.one} that fits.`}>Change the filters, or clear them.</Empty>
      )}
      {rows && rows.length > 0 && (
        <>
          <Grid
            label={table.title}
            of={JSON.stringify([sort, descending, filter])}
            columns={columns}
            rows={rows}
            total={total}
            query={query}
            order={{ sort, descending }}
            onOrder={(order) => void navigate({ search: (before) => ({ ...before, ...order }) })}
            onOpen={setOpen}
          />
          <More query={query} />
        </>
      )}
      <RowDrawer row={open} columns={allowed} table={table} onClose={() => setOpen(undefined)} />
    </section>
  )
}
