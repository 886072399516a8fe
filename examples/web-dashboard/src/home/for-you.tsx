import { Dashboard } from '../gen/operations.ts'
import { missingAt } from '../graph/operation.ts'
import { factsOf } from '../graph/problem.ts'
import { RecommendationCards } from '../product/recommendations/recommendation-cards.tsx'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { CartSummary } from './cart-summary.tsx'
import { Greeting } from './greeting.tsx'
import { RecentOrders } from './recent-orders.tsx'

/** What is the customer's own, from one request; each part may be missing by itself. */
export function ForYou() {
  const query = usePrivate(Dashboard, { orders: 3, recommendations: 6 })
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={8} />
  if (query.isError) return <Degraded what="Your overview" why={factsOf(query.error)} onRetry={retry} />
  const { viewer } = query.data.data
  if (!viewer) return <Degraded what="Your overview" why={query.data.missing[0]} onRetry={retry} />
  const why = (part: string) => missingAt(query.data, `viewer.${part}`)
  return (
    <>
      <Greeting viewer={viewer} />
      <div className="own-parts">
        <CartSummary cart={viewer.cart} why={why('cart')} onRetry={retry} />
        <RecentOrders orders={viewer.orders} why={why('orders')} onRetry={retry} />
      </div>
      <section>
        <h2>For you</h2>
        {viewer.recommendations ? (
          <RecommendationCards products={viewer.recommendations} />
        ) : (
          <Degraded what="What we recommend" why={why('recommendations')} onRetry={retry} />
        )}
      </section>
    </>
  )
}
