import type { ProblemFacts } from '../graph/problem.ts'
import { Trace } from './failure.tsx'
import { Warning } from './icons.tsx'

type Props = { what: string; why?: ProblemFacts | undefined; onRetry?: (() => void) | undefined }

/** A part that is not available just now, where it would be. The rest of the page works. */
export const Degraded = ({ what, why, onRetry }: Props) => (
  <div className="degraded" role="status">
    <Warning />
    <div>
      <p>{what} is not available just now.</p>
      {why && <Trace facts={why} />}
    </div>
    {onRetry && (
      <button type="button" className="button small" onClick={onRetry}>
        Try again
      </button>
    )}
  </div>
)
