import type { ReactNode } from 'react'
import { Dashboard } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { usePrivate } from '../session/use-private.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Part } from '../ui/part.tsx'
import { Skeleton } from '../ui/skeleton.tsx'
import { Overview } from './overview.tsx'

/** What is the customer's own, from one request, then the rest: nothing is pushed down by what arrives late. */
export function ForYou({ children }: { children: ReactNode }) {
  const query = usePrivate(Dashboard, { orders: 3, recommendations: 5 })
  const retry = () => void query.refetch()
  if (query.isPending) return <Skeleton lines={8} />
  return (
    <>
      <Part what="Your overview">
        {query.isError ? (
          <Degraded what="Your overview" why={factsOf(query.error)} onRetry={retry} />
        ) : (
          <Overview answer={query.data} onRetry={retry} />
        )}
      </Part>
      {children}
    </>
  )
}
