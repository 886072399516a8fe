import { Link } from '@tanstack/react-router'
import type { DashboardQuery } from '../gen/operations.ts'
import type { MissingPart } from '../graph/operation.ts'
import { OrderRow } from '../orders/order-row.tsx'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'

type Orders = NonNullable<DashboardQuery['viewer']>['orders']
type Props = { orders: Orders; why: MissingPart | undefined; onRetry: () => void }

export const RecentOrders = ({ orders, why, onRetry }: Props) => (
  <section className="panel">
    <h2>Your orders</h2>
    {orders === null && <Degraded what="Your orders" why={why} onRetry={onRetry} />}
    {orders?.edges.length === 0 && <Empty title="None yet." />}
    {orders && orders.edges.length > 0 && (
      <>
        <ul className="order-list">
          {orders.edges.map(({ node }) => node && <OrderRow key={node.number} order={node} />)}
        </ul>
        <p className="after-list">
          <Link to="/orders">All orders</Link>
        </p>
      </>
    )}
  </section>
)
