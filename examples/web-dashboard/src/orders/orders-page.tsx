import { Orders } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { OrderList } from './order-list.tsx'

export const OrdersPage = () => (
  <>
    <title>Orders · Harbor Commerce</title>
    <h1>Your orders</h1>
    <SignedIn
      forRole="customer"
      otherwise={<LogInFirst what="your orders" />}
      meanwhile={<Skeleton lines={6} />}
    >
      <OwnOrders />
    </SignedIn>
  </>
)

function OwnOrders() {
  const query = usePrivate(Orders, { first: 20 }, { everyMs: 30_000 })
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={6} />
  if (query.isError) return <Degraded what="Your orders" why={factsOf(query.error)} onRetry={retry} />
  const orders = query.data.data.viewer?.orders?.edges
  if (!orders) return <Degraded what="Your orders" why={query.data.missing[0]} onRetry={retry} />
  if (orders.length === 0) return <Empty title="You have not ordered anything yet." />
  return <OrderList edges={orders} className="order-list panel" />
}
