import { UpstreamError, type UpstreamErrorCode } from './errors.ts'
import { redact } from './redact.ts'

/** Everything that can go wrong for a consumer; `docs/errors.md` is generated from this table. */
export const PROBLEMS = {
  INVALID_REQUEST: { status: 400, retryable: false, title: 'The request is not valid' },
  QUERY_TOO_COMPLEX: { status: 400, retryable: false, title: 'The query asks for too much' },
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
  NOT_FOUND: { status: 404, retryable: false, title: 'There is no such thing here' },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 404,
    retryable: false,
    title: 'No persisted operation has this hash',
  },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: 'The method is not allowed here' },
  NOT_ACCEPTABLE: {
    status: 406,
    retryable: false,
    title: 'None of the accepted media types is to be had here',
  },
  CONFLICT: { status: 409, retryable: false, title: 'The request conflicts with the present state' },
  IN_PROGRESS: {
    status: 409,
    retryable: true,
    title: 'The first request with this Idempotency-Key still runs',
  },
  CHECKOUT_CONFLICT: {
    status: 409,
    retryable: false,
    title: 'The cart is being ordered, was ordered or was changed meanwhile',
  },
  START_OVER: {
    status: 410,
    retryable: false,
    title: 'The changes since then are no longer known: start over',
  },
  PRECONDITION_FAILED: {
    status: 412,
    retryable: false,
    title: 'It is no longer as the precondition of the request says',
  },
  TOO_LARGE: { status: 413, retryable: false, title: 'The request is too large' },
  URL_TOO_LONG: { status: 414, retryable: false, title: 'The address of the request is too long' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    title: 'The request has a form that is not taken here',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    retryable: false,
    title: 'This Idempotency-Key was used with another request',
  },
  OUT_OF_STOCK: { status: 422, retryable: false, title: 'There is none of it' },
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
  OVERLOADED: { status: 503, retryable: true, title: 'There is more to do here than can be done in time' },
  UPSTREAM_TIMEOUT: { status: 504, retryable: true, title: 'A service behind this one took too long' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>

export type ProblemCode = keyof typeof PROBLEMS

type ProblemOptions = ErrorOptions & {
  retryAfterS?: number
  members?: Readonly<Record<string, string>>
  challenge?: string
  headers?: Readonly<Record<string, string>>
}

/** An error that is meant for the consumer: its `detail` may leave the process, its `cause` may not. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly code: ProblemCode
  readonly detail: string | undefined
  /** Whole seconds after which a retry makes sense. */
  readonly retryAfterS: number | undefined
  /** What a consumer is told beside the words (RFC 9457, 3.2), such as an address. */
  readonly members: Readonly<Record<string, string>>
  /** Its `WWW-Authenticate` header: what a credential has to be like. */
  readonly challenge: string | undefined
  /** Headers that say what would have been taken, such as `Accept` on a 415 (RFC 9110, 15.5.16). */
  readonly headers: Readonly<Record<string, string>>

  constructor(code: ProblemCode, detail?: string, options: ProblemOptions = {}) {
    // What a consumer has sent may be in it, and problems end up in logs and reports of apps.
    const said = detail === undefined ? undefined : redact(detail)
    super(said ?? PROBLEMS[code].title, options)
    this.code = code
    this.detail = said
    this.retryAfterS = options.retryAfterS
    this.members = options.members ?? {}
    this.challenge = options.challenge
    this.headers = options.headers ?? {}
  }

  /** Which of the cases of its code it is, for machines; stable like the code. */
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
  unauthorized: 'INTERNAL', // our token was refused: nothing that the consumer could mend
  forbidden: 'FORBIDDEN',
  user_refused: 'UNAUTHENTICATED',
  cancelled: 'UPSTREAM_UNAVAILABLE',
}

/** What the consumer is told of any error: a code of the table, and never an upstream's words. */
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
