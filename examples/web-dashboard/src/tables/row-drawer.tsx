import { Dialog } from '@base-ui/react/dialog'
import { Link } from '@tanstack/react-router'
import { Cross } from '../ui/icons.tsx'
import { words } from '../ui/words.ts'
import type { PlacedColumn } from './grid.tsx'
import { instant, show } from './show.ts'
import type { ShownRow, Table } from './table.ts'

type Props = {
  row: ShownRow | undefined
  columns: readonly PlacedColumn[]
  table: Table
  onClose: () => void
}

/** A row in full, and who wrote it when. */
export const RowDrawer = ({ row, columns, table, onClose }: Props) => (
  <Dialog.Root open={row !== undefined} onOpenChange={(isOpen) => !isOpen && onClose()}>
    <Dialog.Portal>
      <Dialog.Backdrop className="drawer-backdrop" />
      <Dialog.Popup className="drawer">
        {row && (
          <>
            <header className="drawer-head">
              <Dialog.Title>
                {show(columns[0]?.kind ?? 'text', row.values[columns[0]?.index ?? 0])}
              </Dialog.Title>
              <Dialog.Close className="icon-button" aria-label="Close">
                <Cross />
              </Dialog.Close>
            </header>
            <Dialog.Description className="muted">A {table.one}, with its audit trail.</Dialog.Description>
            <dl className="facts">
              {columns.slice(1).map(({ name, kind, index }) => (
                <Fact key={name} name={name} text={show(kind, row.values[index])} />
              ))}
            </dl>
            <Audit row={row} />
          </>
        )}
      </Dialog.Popup>
    </Dialog.Portal>
  </Dialog.Root>
)

const Fact = ({ name, text }: { name: string; text: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{text}</dd>
  </div>
)

function Audit({ row: { trail, history, orderId } }: { row: ShownRow }) {
  return (
    <section>
      <h2>Audit</h2>
      {trail && (
        <dl className="facts">
          <Fact name="Created" text={`${instant(trail.createdAt)} by ${trail.createdBy}`} />
          <Fact name="Changed" text={`${instant(trail.updatedAt)} by ${trail.updatedBy}`} />
          <Fact name="Revision" text={String(trail.revision)} />
        </dl>
      )}
      {history.length > 0 && (
        <ol className="history">
          {history.map(({ at, actor, action, note }) => (
            <li key={`${at} ${action}`}>
              <strong>{words(action)}</strong>
              <small>
                {instant(at)} by {actor}
              </small>
              {note}
            </li>
          ))}
        </ol>
      )}
      {!trail && history.length === 0 && <p className="muted">The service keeps no trail of it.</p>}
      {orderId !== undefined && (
        <Link to="/tables/$table" params={{ table: 'audit-events' }} search={{ filter: { orderId } }}>
          Events of the order {orderId}
        </Link>
      )}
    </section>
  )
}
