import { UpstreamError } from '../errors/errors.ts'
import { ProblemError } from '../errors/problems.ts'

/**
 * Milliseconds over its budget for which an answer is still sent: it is ready, and a short busy spell is no overload.
 */
const LATE_MS = 250

const arrivals = new WeakMap<object, number>()

/** Records when a request arrived, as an instant of `performance.now()`; for the HTTP boundary. */
export const noteArrival = (incoming: object, at: number): void => void arrivals.set(incoming, at)

/** When a request arrived, as an instant of `performance.now()`; the current time for one without a socket. */
export const arrivalOf = (incoming: object | undefined): number =>
  (incoming && arrivals.get(incoming)) ?? performance.now()

/**
 * Refuses a request whose budget was used up before its handling started: its consumer has given up, and the time is
 * needed for other requests.
 * @throws {ProblemError} `OVERLOADED`
 */
export function requireTime(deadline: number): void {
  if (performance.now() >= deadline)
    throw overloaded('it waited longer than its budget before it was handled')
}

/** The problem that replaces an answer which is ready too late to be of use. */
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
 * Resolves with the outcome of work that has no deadline of its own; rejects at the deadline, while the work itself
 * continues.
 * @throws {UpstreamError} `timeout` of `upstream` at the deadline; otherwise the error of the work
 */
export function byDeadline<T>(work: Promise<T>, deadline: number, upstream: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const giveUp = () =>
    reject(new UpstreamError(upstream, 'timeout', 'no answer within the budget of the request'))
  const timer = setTimeout(giveUp, Math.max(0, deadline - performance.now()))
  work.then(resolve, reject).finally(() => clearTimeout(timer))
  return promise
}
