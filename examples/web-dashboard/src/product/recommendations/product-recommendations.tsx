import type { ProductRecommendationsFragment } from '../../gen/operations.ts'
import type { MissingPart } from '../../graph/operation.ts'
import { Degraded } from '../../ui/degraded.tsx'
import { RecommendationCards } from './recommendation-cards.tsx'

type Props = { product: ProductRecommendationsFragment; why: MissingPart | undefined; onRetry: () => void }

export const ProductRecommendations = ({ product: { recommendations }, why, onRetry }: Props) => (
  <section>
    <h2>Goes well with it</h2>
    {recommendations ? (
      <RecommendationCards products={recommendations} />
    ) : (
      <Degraded what="What we recommend" why={why} onRetry={onRetry} />
    )}
  </section>
)
