import { day, words } from '../ui/words.ts'
import './orders.css'

export type Order = {
  readonly number: string
  readonly status: string | null
  readonly placedAt: string
  readonly total: { readonly formatted: string }
}

export const OrderRow = ({ order: { number, status, placedAt, total } }: { order: Order }) => (
  <li className="order-row">
    <span>
      <strong>{number}</strong>
      <small>{day(placedAt)}</small>
    </span>
    <span className={`badge status-${(status ?? 'unknown').toLowerCase()}`}>
      {status === null ? 'Unknown' : words(status)}
    </span>
    <span className="price">{total.formatted}</span>
  </li>
)
