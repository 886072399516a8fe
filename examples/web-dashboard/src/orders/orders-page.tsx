import { type OrderRowFragment, Orders } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivatePages } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { More } from '../ui/more.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { OrderRow } from './order-row.tsx'

export const OrdersPage = () => (
  <>
    <title>Orders · Harbor Commerce</title>
    <h1>Your orders</h1>
    <SignedIn
      forRole="customer"
      otherwise={<LogInFirst what="your orders" />}
      meanwhile={<Skeleton lines={6} />}
    >
      <OrderList />
    </SignedIn>
  </>
)

function OrderList() {
  const { query, rows, why } = usePrivatePages(Orders, { first: 20 }, ({ viewer }) => viewer?.orders)
  if (query.isPending) return <Skeleton lines={6} />
  if (!rows)
    return (
      <Degraded
        what="Your orders"
        why={query.isError ? factsOf(query.error) : why}
        onRetry={() => void query.refetch()}
      />
    )
  if (rows.length === 0) return <Empty title="You have not ordered anything yet." />
  return (
    <div className="panel">
      <ul className="order-list">{rows.map(rowOf)}</ul>
      <More query={query} />
    </div>
  )
}

const rowOf = (order: OrderRowFragment | null) => order && <OrderRow key={order.number} order={order} />
