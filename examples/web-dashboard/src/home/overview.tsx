import type { DashboardQuery } from '../gen/operations.ts'
import { type Answer, missingAt } from '../graph/operation.ts'
import { RecommendationCards } from '../product/recommendations/recommendation-cards.tsx'
import { Degraded } from '../ui/degraded.tsx'
import { CartSummary } from './cart-summary.tsx'
import { Greeting } from './greeting.tsx'
import { RecentOrders } from './recent-orders.tsx'

type Props = { answer: Answer<DashboardQuery>; onRetry: () => void }

/** Each part may be missing by itself. */
export function Overview({ answer, onRetry }: Props) {
  const { viewer } = answer.data
  const why = (part: string) => missingAt(answer, `viewer.${part}`)
  return (
    <>
      <Greeting viewer={viewer} />
      <div className="own-parts">
        <CartSummary cart={viewer.cart} why={why('cart')} onRetry={onRetry} />
        <RecentOrders orders={viewer.orders} why={why('orders')} onRetry={onRetry} />
      </div>
      <section>
        <h2>For you</h2>
        {viewer.recommendations ? (
          <RecommendationCards products={viewer.recommendations} />
        ) : (
          <Degraded what="What we recommend" why={why('recommendations')} onRetry={onRetry} />
        )}
      </section>
    </>
  )
}
