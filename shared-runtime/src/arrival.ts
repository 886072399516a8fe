import { UpstreamError } from './errors.ts'
import { ProblemError } from './problems.ts'

/**
 * Milliseconds over its budget that an answer is still worth sending. It has been made by then, and a process that
 * is busy for a moment is not overloaded.
 */
const LATE_MS = 250

const arrivals = new WeakMap<object, number>()

/** Notes when a request arrived, as an instant of `performance.now()`; for the HTTP boundary. */
export const noteArrival = (incoming: object, at: number): void => void arrivals.set(incoming, at)

/** When a request arrived, as an instant of `performance.now()`; now for one that did not come over a socket. */
export const arrivalOf = (incoming: object | undefined): number =>
  (incoming && arrivals.get(incoming)) ?? performance.now()

/**
 * Refuses a request that has used up its budget before anything was done for it: its consumer no longer waits, and
 * the time is needed for those who do.
 * @throws {ProblemError} `OVERLOADED`
 */
export function requireTime(deadline: number): void {
  if (performance.now() >= deadline)
    throw overloaded('it waited longer than its budget before it was handled')
}

/** The problem to answer with instead of an answer that is ready too late to be of use. */
export const lateProblem = (deadline: number): ProblemError | undefined =>
  performance.now() >= deadline + LATE_MS ? overloaded('its answer was ready after its budget') : undefined

/** @throws {ProblemError} `OVERLOADED` when an answer is ready too late to be of use */
export function requireTimely(deadline: number): void {
  const late = lateProblem(deadline)
  if (late) throw late
}

const overloaded = (why: string) =>
  new ProblemError('OVERLOADED', undefined, { cause: new Error(why), retryAfterS: 1 })

/**
 * The outcome of work that has no deadline of its own, at a deadline at the latest; the work itself continues.
 * @throws {UpstreamError} `timeout` of `upstream` at the deadline; else what the work throws
 */
export function byDeadline<T>(work: Promise<T>, deadline: number, upstream: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const giveUp = () =>
    reject(new UpstreamError(upstream, 'timeout', 'no answer within the budget of the request'))
  const timer = setTimeout(giveUp, Math.max(0, deadline - performance.now()))
  work.then(resolve, reject).finally(() => clearTimeout(timer))
  return promise
}
