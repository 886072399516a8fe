import { getRouteApi, Link } from '@tanstack/react-router'
import { LiveOrder, OrderDetail, type OrderDetailQuery } from '../gen/operations.ts'
import { type MissingPart, missingAt } from '../graph/operation.ts'
import { factsOf } from '../graph/problem.ts'
import { LiveMark } from '../live/live-mark.tsx'
import { usePrivateLive } from '../live/use-live.ts'
import { LogInFirst } from '../session/log-in-first.tsx'
import { SignedIn } from '../session/signed-in.tsx'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { day } from '../ui/words.ts'
import { OrderLines } from './order-lines.tsx'
import { OrderStatus } from './order-status.tsx'
import { Parcel } from './parcel.tsx'
import './orders.css'

const route = getRouteApi('/orders/$number')
/** Milliseconds between two looks at the whole order; its status is live. */
const LOOK_EVERY_MS = 60_000

export function OrderPage() {
  const { number } = route.useParams()
  return (
    <>
      <title>{`${number} · Harbor Commerce`}</title>
      <Link to="/orders">All orders</Link>
      <SignedIn
        forRole="customer"
        otherwise={<LogInFirst what="this order" />}
        meanwhile={<Skeleton lines={6} />}
      >
        <OwnOrder number={number} />
      </SignedIn>
    </>
  )
}

function OwnOrder({ number }: { number: string }) {
  const query = usePrivate(OrderDetail, { number }, { everyMs: LOOK_EVERY_MS })
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={8} />
  if (query.isError) return <Degraded what="This order" why={factsOf(query.error)} onRetry={retry} />
  const order = query.data.data.viewer?.order
  const why = missingAt(query.data, 'viewer.order')
  if (!order && why?.retryable) return <Degraded what="This order" why={why} onRetry={retry} />
  if (!order) return <Empty title={`You have no order ${number}.`} />
  return (
    <ShownOrder order={order} whyNoParcel={missingAt(query.data, 'viewer.order.shipment')} onRetry={retry} />
  )
}

type Shown = {
  order: NonNullable<NonNullable<OrderDetailQuery['viewer']>['order']>
  whyNoParcel: MissingPart | undefined
  onRetry: () => void
}

function ShownOrder({ order, whyNoParcel, onRetry }: Shown) {
  const { data, state } = usePrivateLive(LiveOrder, { number: order.number })
  const live = data?.orderStatusChanged
  return (
    <>
      <header className="list-head">
        <h1>{order.number}</h1>
        <OrderStatus status={live?.status ?? order.status} />
        <LiveMark state={state} />
        <p className="muted">Ordered on {day(order.placedAt)}</p>
      </header>
      <Parcel shipment={live?.shipment ?? order.shipment} why={whyNoParcel} onRetry={onRetry} />
      <OrderLines lines={order.lines} total={order.total.formatted} />
    </>
  )
}
