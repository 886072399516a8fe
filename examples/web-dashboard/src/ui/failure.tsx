import type { ProblemFacts } from '../graph/problem.ts'

type Props = { facts: ProblemFacts; onRetry?: () => void }

/** A whole page that cannot be shown: what went wrong, what to do, and by what to find it in the logs. */
export const Failure = ({ facts, onRetry }: Props) => (
  <section className="failure" role="alert">
    <h1>This page cannot be shown</h1>
    <p>{facts.title}</p>
    {onRetry && (
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    )}
    <Trace facts={facts} />
  </section>
)

export const Trace = ({ facts }: { facts: ProblemFacts }) =>
  facts.traceId && (
    <p className="trace">
      {facts.code} · trace <code>{facts.traceId}</code>
    </p>
  )
