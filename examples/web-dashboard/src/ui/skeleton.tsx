/** Grey shapes of about the size of what is on its way, so that nothing jumps. */
export const Skeleton = ({ lines = 3 }: { lines?: number }) => (
  <div className="skeleton" role="status" aria-label="Loading">
    {Array.from({ length: lines }, (_, line) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <span key={line} />
    ))}
  </div>
)

export const CardSkeletons = ({ count = 8 }: { count?: number }) => (
  <div className="cards" role="status" aria-label="Loading">
    {Array.from({ length: count }, (_, card) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
      <div className="card skeleton" key={card}>
        <span className="card-picture" />
        <span />
        <span />
      </div>
    ))}
  </div>
)
