import { ProblemError, toProblem } from '../../errors/problems.ts'
import { NoEffectError } from './no-effect.ts'

/** A process that exceeds the budget of a write by this much counts as dead: another one may take the write over. */
const LEASE_MARGIN_MS = 1_000

/** The lease, in milliseconds, of a write that is to be answered within a budget. */
export const leaseOf = (budgetMs: number): number => budgetMs + LEASE_MARGIN_MS

/**
 * The refusal that an error of a write stands for: the final answer of its key, which is stored and replayed.
 * @throws {NoEffectError} when nothing was written and the key is to stay free
 * @throws errors after which the outcome of the write is unknown
 */
export function finalRefusal(error: unknown): ProblemError {
  const problem = toProblem(error)
  // The write may still have happened: a retry with the same key will tell.
  if (problem.code === 'UPSTREAM_INVALID')
    throw new ProblemError('UPSTREAM_UNAVAILABLE', undefined, { cause: error, retryAfterS: 1 })
  if (problem.status >= 500 || problem.retryable) throw error
  // Nothing was written: the key stays free for a write based on fresh data.
  if (problem.code === 'PRECONDITION_FAILED') throw new NoEffectError(problem)
  return problem
}
