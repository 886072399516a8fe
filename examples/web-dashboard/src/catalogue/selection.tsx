import { ProductList } from '../gen/operations.ts'
import { factsOf } from '../graph/problem.ts'
import { usePublic } from '../graph/use-public.ts'
import { Degraded } from '../ui/degraded.tsx'
import { CardSkeletons } from '../ui/skeleton.tsx'
import { ProductCard } from './product-card.tsx'
import './catalogue.css'

const IDS = Array.from({ length: 24 }, (_, index) => `p${1001 + index}`)

export function Selection() {
  const query = usePublic(ProductList, { ids: IDS })
  return (
    <section>
      <h2>This week's selection</h2>
      {query.isPending && <CardSkeletons count={12} />}
      {query.isError && (
        <Degraded what="The selection" why={factsOf(query.error)} onRetry={() => void query.refetch()} />
      )}
      {query.data && (
        <ul className="cards">
          {query.data.data.products.map(
            (product) => product && <ProductCard key={product.id} product={product} />,
          )}
        </ul>
      )}
    </section>
  )
}
