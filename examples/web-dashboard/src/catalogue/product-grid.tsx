import type { ProductCardFragment } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import type { usePublicPages } from '../graph/use-public.ts'
import { Degraded } from '../ui/degraded.tsx'
import { Empty } from '../ui/empty.tsx'
import { More } from '../ui/more.tsx'
import { CardSkeletons } from '../ui/skeleton.tsx'
import { ProductCard } from './product-card.tsx'
import './catalogue.css'

type Props = {
  pages: ReturnType<typeof usePublicPages<unknown, unknown, ProductCardFragment>>
  what: string
  /** What is said when there are none. */
  none: string
}

/** Products as cards, page below page. */
export function ProductGrid({ pages: { query, rows, why }, what, none }: Props) {
  if (query.isPending) return <CardSkeletons count={12} />
  if (!rows)
    return (
      <Degraded
        what={what}
        why={query.isError ? factsOf(query.error) : why}
        onRetry={() => void query.refetch()}
      />
    )
  if (rows.length === 0) return <Empty title={none} />
  return (
    <>
      <ul className="cards">
        {rows.map((product) => product && <ProductCard key={product.id} product={product} />)}
      </ul>
      {query.isFetchNextPageError && <Degraded what="The next page" why={factsOf(query.error)} />}
      <More query={query} />
    </>
  )
}
