import type { ReactNode } from 'react'
import type { CartContentsFragment } from '../gen/operations.ts'
import { Degraded } from '../ui/degraded.tsx'

type Props = { quote: CartContentsFragment['quote']; onRetry: () => void; children?: ReactNode }

/** What the cart costs, as pricing says it: nothing is added up here. */
export const Totals = ({ quote, onRetry, children }: Props) => (
  <section className="panel totals">
    <h2>Total</h2>
    {quote === null ? (
      <Degraded what="The total" onRetry={onRetry} />
    ) : (
      <dl>
        <dt>Subtotal</dt>
        <dd>{quote.subtotal.formatted}</dd>
        {quote.discount.amount !== 0 && (
          <>
            <dt>Discount</dt>
            <dd>−{quote.discount.formatted}</dd>
          </>
        )}
        <dt>Total</dt>
        <dd className="price">{quote.total.formatted}</dd>
      </dl>
    )}
    <p className="muted">Before tax and shipping.</p>
    {children}
  </section>
)
