import type { ProductReviewsFragment } from '../../gen/operations.ts'
import type { MissingPart } from '../../graph/operation.ts'
import { Degraded } from '../../ui/degraded.tsx'
import { Empty } from '../../ui/empty.tsx'
import { Stars } from '../../ui/stars.tsx'
import { day } from '../../ui/words.ts'
import { Histogram } from './histogram.tsx'
import './reviews.css'

type Props = { product: ProductReviewsFragment; why: MissingPart | undefined; onRetry: () => void }

export const ProductReviews = ({ product: { reviews }, why, onRetry }: Props) => (
  <section className="reviews">
    <h2>Reviews</h2>
    {reviews === null && <Degraded what="What others say" why={why} onRetry={onRetry} />}
    {reviews?.count === 0 && <Empty title="No reviews yet." />}
    {reviews && reviews.count > 0 && (
      <div className="reviews-body">
        <div className="panel">
          <p className="average">{reviews.average.toFixed(1)}</p>
          <Stars rating={reviews.average} />
          <p className="muted">{reviews.count.toLocaleString()} reviews</p>
          <Histogram counts={reviews.histogram} />
        </div>
        <ul className="review-list">
          {reviews.latest.map((review) => (
            <li key={`${review.author} ${review.createdAt}`}>
              <Stars rating={review.rating} />
              <h3>{review.title}</h3>
              <p>{review.body}</p>
              <p className="muted">
                {review.author} · {day(review.createdAt)}
              </p>
            </li>
          ))}
        </ul>
      </div>
    )}
  </section>
)
