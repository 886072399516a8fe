import { type ErrorComponentProps, Link } from '@tanstack/react-router'
import { factsOf } from '../graph/problem.ts'
import { Failure } from '../ui/failure.tsx'

/** A page that could not be drawn: the rest of the shop stays usable. */
export const PageError = ({ error, reset }: ErrorComponentProps) => (
  <Failure facts={factsOf(error)} onRetry={reset} />
)

export const NotFound = () => (
  <section className="failure">
    <h1>There is nothing here</h1>
    <p>The address may be mistyped, or what it named is gone.</p>
    <Link to="/" className="button">
      Go to the shop
    </Link>
  </section>
)
