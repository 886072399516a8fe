/** A rating of 0 to 5, drawn and said. */
export const Stars = ({ rating }: { rating: number }) => (
  <span className="stars" role="img" aria-label={`${rating.toFixed(1)} of 5 stars`}>
    {'★'.repeat(Math.round(rating))}
    <span>{'★'.repeat(5 - Math.round(rating))}</span>
  </span>
)
