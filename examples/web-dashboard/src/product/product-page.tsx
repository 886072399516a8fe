import { getRouteApi } from '@tanstack/react-router'
import { ProductPage as ProductPageOperation } from '../gen/operations.ts'
import { missingAt } from '../graph/operation.ts'
import { factsOf } from '../graph/problem.ts'
import { usePublic } from '../graph/use-public.ts'
import { Empty } from '../ui/empty.tsx'
import { Failure } from '../ui/failure.tsx'
import { Part } from '../ui/part.tsx'
import { ProductHeader } from './header/product-header.tsx'
import { ProductSkeleton } from './product-skeleton.tsx'
import { ProductRecommendations } from './recommendations/product-recommendations.tsx'
import { ProductReviews } from './reviews/product-reviews.tsx'
import './product.css'

const route = getRouteApi('/products/$id')

/** Three micro frontends out of one request: each has its folder, its fragment and its own failures. */
export function ProductPage() {
  const { id } = route.useParams()
  const query = usePublic(ProductPageOperation, { id, reviews: 6, recommendations: 4 })
  const retry = () => void query.refetch()
  if (query.isPending) return <ProductSkeleton />
  if (query.isError) return <Failure facts={factsOf(query.error)} onRetry={retry} />
  const { product } = query.data.data
  if (!product) return <Empty title={`There is no product “${id}”.`} />
  const why = (part: string) => missingAt(query.data, `product.${part}`)
  return (
    <>
      <title>{`${product.name} · Harbor Commerce`}</title>
      <Part what="The product">
        <ProductHeader product={product} whyNoStock={why('stock')} onRetry={retry} />
      </Part>
      <Part what="Reviews">
        <ProductReviews product={product} why={why('reviews')} onRetry={retry} />
      </Part>
      <Part what="What goes well with it">
        <ProductRecommendations product={product} why={why('recommendations')} onRetry={retry} />
      </Part>
    </>
  )
}
