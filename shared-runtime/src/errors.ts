/** Why a call to an upstream gave no value. The codes are stable: metrics, tests and fallbacks name them. */
export type UpstreamErrorCode =
  | 'timeout' // its own timeout or the deadline of the request
  | 'unavailable' // no connection, a connection cut, 5xx
  | 'overloaded' // 429
  | 'invalid_answer' // not what its schema says, or too large
  | 'not_found'
  | 'conflict'
  | 'precondition_failed' // the thing is no longer as the caller saw it
  | 'rejected' // the upstream found our arguments wrong
  | 'unauthorized' // the upstream does not take our token
  | 'forbidden' // the upstream takes our token, and does not let its user do that
  | 'user_refused' // identity gives no token for the user: the consumer's own is not good any more
  | 'cancelled' // the consumer went away, or the answer was no longer needed

const RETRYABLE: ReadonlySet<UpstreamErrorCode> = new Set(['timeout', 'unavailable', 'overloaded'])

/**
 * A call to a domain service failed. Its message and cause are for logs: they may hold an upstream's words
 * and must not leave a BFF. What a consumer sees is `toProblem` of it (problems.ts).
 */
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly code: UpstreamErrorCode
  readonly upstream: string
  /** Whether the same call may succeed a little later. */
  readonly retryable: boolean

  constructor(upstream: string, code: UpstreamErrorCode, message: string, options?: ErrorOptions) {
    super(`${upstream}: ${message}`, options)
    this.upstream = upstream
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}

/** Whether an error says that the user behind the request has to log in again. */
export const isUserRefused = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'user_refused'

/** Whether an error says that the thing asked for does not exist. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'not_found'

/**
 * All the time that was given to a piece of work has been used up: the reason of an abort that is no consumer's
 * leaving. Calls to upstreams that it ends are timeouts.
 */
export class TimeUp extends UpstreamError {
  constructor(what: string, message: string, options?: ErrorOptions) {
    super(what, 'timeout', message, options)
  }
}

/** Whether work was aborted because its time was used up, and not because its consumer left. */
export const isTimeUp = (reason: unknown): boolean => reason instanceof TimeUp
