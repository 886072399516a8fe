/** Why a call to an upstream failed. The codes are stable: metrics, tests and fallbacks use them. */
export type UpstreamErrorCode =
  | 'timeout' // its own timeout or the deadline of the request
  | 'unavailable' // no connection, a broken connection, 5xx
  | 'overloaded' // 429
  | 'invalid_answer' // does not match its schema, or is too large
  | 'not_found'
  | 'conflict'
  | 'precondition_failed' // the resource has changed since the caller read it
  | 'rejected' // the upstream refused the arguments as invalid
  | 'unauthorized' // the upstream refused our token
  | 'forbidden' // the upstream accepted our token but denied the operation
  | 'user_refused' // identity issues no token for the user: the consumer's own token is no longer valid
  | 'cancelled' // the consumer went away, or the answer was no longer needed

const RETRYABLE: ReadonlySet<UpstreamErrorCode> = new Set(['timeout', 'unavailable', 'overloaded'])

/**
 * A call to a domain service failed. Its message and cause are for logs only: they may quote the upstream and must not
 * leave a BFF. Consumers get its `toProblem` (problems.ts).
 */
export class UpstreamError extends Error {
  override name = 'UpstreamError'
  readonly code: UpstreamErrorCode
  readonly upstream: string
  /** Whether a retry of the same call may succeed. */
  readonly retryable: boolean
  /** The status of its answer, where that is what failed: `503`, `UNAVAILABLE`. */
  readonly status: number | string | undefined

  constructor(
    upstream: string,
    code: UpstreamErrorCode,
    message: string,
    options?: ErrorOptions & { status?: number | string | undefined },
  ) {
    super(`${upstream}: ${message}`, options)
    this.status = options?.status
    this.upstream = upstream
    this.code = code
    this.retryable = RETRYABLE.has(code)
  }
}

/** Whether an error means that the user has to log in again. */
export const isUserRefused = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'user_refused'

/** Whether an error means that the requested resource does not exist. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof UpstreamError && error.code === 'not_found'

/**
 * The time limit of a piece of work has passed. As an abort reason it differs from a consumer that disconnects:
 * upstream calls that it ends count as timeouts.
 */
export class TimeUp extends UpstreamError {
  constructor(what: string, message: string, options?: ErrorOptions) {
    super(what, 'timeout', message, options)
  }
}

/** Whether work was aborted by its time limit rather than by a disconnect of its consumer. */
export const isTimeUp = (reason: unknown): boolean => reason instanceof TimeUp
