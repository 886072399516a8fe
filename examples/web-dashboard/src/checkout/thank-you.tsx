import { Link } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import type { Placed } from './use-place-order.ts'

/** The order is placed. Its heading takes the focus, which was on a button that is gone. */
export function ThankYou({ order: { number, total } }: { order: Placed }) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <section className="thank-you panel">
      <h1 ref={heading} tabIndex={-1}>
        Thank you
      </h1>
      <p>
        Your order <strong>{number}</strong> over <strong className="price">{total.formatted}</strong> is
        placed.
      </p>
      <p className="row">
        <Link to="/orders/$number" params={{ number }} className="button primary">
          See the order
        </Link>
        <Link to="/" className="button">
          Go on shopping
        </Link>
      </p>
    </section>
  )
}
