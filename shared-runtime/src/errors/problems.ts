import { redact } from '../log/redact.ts'
import { UpstreamError, type UpstreamErrorCode } from './errors.ts'

/** Every error that a consumer can receive; `docs/errors.md` is generated from this table. */
export const PROBLEMS = {
  INVALID_REQUEST: { status: 400, retryable: false, title: 'The request is not valid' },
  QUERY_TOO_COMPLEX: { status: 400, retryable: false, title: 'The query is too complex' },
  PERSISTED_QUERY_REQUIRED: {
    status: 400,
    retryable: false,
    title: 'Only persisted operations are answered here, by their hash',
  },
  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    retryable: false,
    title: 'A write needs an Idempotency-Key',
  },
  UNAUTHENTICATED: { status: 401, retryable: false, title: 'A valid credential is needed' },
  FORBIDDEN: { status: 403, retryable: false, title: 'This credential does not allow that' },
  NOT_FOUND: { status: 404, retryable: false, title: 'The resource does not exist' },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: 'No persisted operation has this hash',
  },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: 'The method is not allowed here' },
  NOT_ACCEPTABLE: {
    status: 406,
    retryable: false,
    title: 'None of the accepted media types is available',
  },
  CONFLICT: { status: 409, retryable: false, title: 'The request conflicts with the current state' },
  IN_PROGRESS: {
    status: 409,
    retryable: true,
    title: 'The first request with this Idempotency-Key is still running',
  },
  CHECKOUT_CONFLICT: {
    status: 409,
    retryable: false,
    title: 'The cart is being ordered, was ordered or was changed meanwhile',
  },
  START_OVER: {
    status: 410,
    retryable: false,
    title: 'Changes since that version are no longer available: load everything again',
  },
  PRECONDITION_FAILED: {
    status: 412,
    retryable: false,
    title: 'The precondition of the request no longer holds',
  },
  TOO_LARGE: { status: 413, retryable: false, title: 'The request is too large' },
  URL_TOO_LONG: { status: 414, retryable: false, title: 'The address of the request is too long' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    title: 'The media type or encoding of the request is not supported',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retryable: false,
    title: 'This Idempotency-Key was used with another request',
  },
  OUT_OF_STOCK: { status: 422, retryable: false, title: 'Out of stock' },
  CHECKOUT_REFUSED: { status: 422, retryable: false, title: 'The order cannot be placed as it is' },
  APP_TOO_OLD: {
    status: 426,
    retryable: false,
    title: 'This version of the app is no longer served: update it',
  },
  RATE_LIMITED: { status: 429, retryable: true, title: 'Too many requests' },
  INTERNAL: { status: 500, retryable: false, title: 'Something went wrong on our side' },
  UPSTREAM_INVALID: {
    status: 502,
    retryable: false,
    title: 'A service behind this one gave an unusable answer',
  },
  UNKNOWN_VALUE: {
    status: 502,
    retryable: false,
    title: 'A service behind this one gave a value that has no name here',
  },
  UPSTREAM_UNAVAILABLE: { status: 503, retryable: true, title: 'A service behind this one is not available' },
  OVERLOADED: { status: 503, retryable: true, title: 'The server is overloaded' },
  UPSTREAM_TIMEOUT: { status: 504, retryable: true, title: 'A service behind this one took too long' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

type ProblemOptions = ErrorOptions & {
  retryAfterS?: number
  members?: Readonly<Record<string, string>>
  challenge?: string
  headers?: Readonly<Record<string, string>>
}

/** An error for the consumer: its `detail` may leave the process, its `cause` may not. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly code: ProblemCode
  readonly detail: string | undefined
  /** Whole seconds after which a retry makes sense. */
  readonly retryAfterS: number | undefined
  /** Extension members for the consumer (RFC 9457, 3.2), such as a URL. */
  readonly members: Readonly<Record<string, string>>
  /** Its `WWW-Authenticate` header: the credentials that are accepted. */
  readonly challenge: string | undefined
  /** Headers that name accepted alternatives, such as `Accept` on a 415 (RFC 9110, 15.5.16). */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail?: string, options: ProblemOptions = {}) {
    // It may quote the request, and problems end up in logs and reports of apps.
    const said = detail === undefined ? undefined : redact(detail)
    super(said ?? PROBLEMS[code].title, options)
    this.code = code
    this.detail = said
    this.retryAfterS = options.retryAfterS
    this.members = options.members ?? {}
    this.challenge = options.challenge
    this.headers = options.headers ?? {}
  }

  /** The specific case of its code, for machines; stable like the code. */
  get reason(): string | undefined {
    return this.members.reason
  }

  get status() {
    return PROBLEMS[this.code].status
  }

  get retryable(): boolean {
    return PROBLEMS[this.code].retryable
  }
}

const PROBLEM_OF_UPSTREAM: Record<UpstreamErrorCode, ProblemCode> = {
  timeout: 'UPSTREAM_TIMEOUT',
  unavailable: 'UPSTREAM_UNAVAILABLE',
  overloaded: 'UPSTREAM_UNAVAILABLE',
  invalid_answer: 'UPSTREAM_INVALID',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  precondition_failed: 'PRECONDITION_FAILED',
  rejected: 'INVALID_REQUEST',
  unauthorized: 'INTERNAL', // our token was refused: the consumer cannot fix that
  forbidden: 'FORBIDDEN',
  user_refused: 'UNAUTHENTICATED',
  cancelled: 'UPSTREAM_UNAVAILABLE',
}

/** The problem for any error: a code of the table, never the text of an upstream. */
export function toProblem(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error
  if (!(error instanceof UpstreamError)) return new ProblemError('INTERNAL', undefined, { cause: error })
  const code = PROBLEM_OF_UPSTREAM[error.code]
  return new ProblemError(code, undefined, {
    cause: error,
    ...(PROBLEMS[code].retryable && { retryAfterS: 1 }),
  })
}

/** RFC 9457 body of a problem. `traceId` finds the request in logs and traces. */
export const problemBody = (problem: ProblemError, traceId: string) => ({
  ...problem.members,
  type: `urn:harbor:problem:${problem.code}`,
  title: PROBLEMS[problem.code].title,
  status: problem.status,
  ...(problem.detail !== undefined && { detail: problem.detail }),
  code: problem.code,
  retryable: problem.retryable,
  traceId,
})
