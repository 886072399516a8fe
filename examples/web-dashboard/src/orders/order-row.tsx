import { Link } from '@tanstack/react-router'
import type { OrderRowFragment } from '../gen/operations.ts'
import { day } from '../ui/words.ts'
import { OrderStatus } from './order-status.tsx'
import './orders.css'

export const OrderRow = ({ order: { number, status, placedAt, total } }: { order: OrderRowFragment }) => (
  <li className="order-row">
    <span>
      <Link to="/orders/$number" params={{ number }}>
        {number}
      </Link>
      <small>{day(placedAt)}</small>
    </span>
    <OrderStatus status={status} />
    <span className="price">{total.formatted}</span>
  </li>
)
