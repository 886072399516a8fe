import type { ProductHeaderFragment } from '../../gen/operations.ts'
import type { MissingPart } from '../../graph/operation.ts'
import { Degraded } from '../../ui/degraded.tsx'
import { words } from '../../ui/words.ts'

type Props = { stock: ProductHeaderFragment['stock']; why: MissingPart | undefined; onRetry: () => void }

export function Stock({ stock, why, onRetry }: Props) {
  if (stock === null) return <Degraded what="Stock" why={why} onRetry={onRetry} />
  return (
    <ul className="stock" aria-label="Stock by warehouse">
      {stock.map(({ warehouse, available }) => (
        <li key={warehouse ?? 'elsewhere'} className={available > 0 ? 'in-stock' : 'sold-out'}>
          {warehouse === null ? 'Elsewhere' : words(warehouse)}{' '}
          <strong>{available > 0 ? available : 'sold out'}</strong>
        </li>
      ))}
    </ul>
  )
}
