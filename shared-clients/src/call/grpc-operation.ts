import { type CallOptions, type ClientUnaryCall, Metadata, type ServiceError, status } from '@grpc/grpc-js'
import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { remainingMs } from '@harbor/shared-runtime/request-context'
import { newSpanId, type TraceContext, traceparent } from '@harbor/shared-runtime/trace'
import type { z } from 'zod'
import type { ServiceName } from '../services.ts'
import type { Attempt, Operation } from './attempt.ts'
import { NO_TOKEN } from './authentication.ts'

export type Unary<Request, Answer> = (
  request: Request,
  metadata: Metadata,
  options: CallOptions,
  callback: (error: ServiceError | null, answer: Answer) => void,
) => ClientUnaryCall

type CallTraits = { read?: string; write?: string; alone?: boolean; owned?: boolean }

/** A call of a method with one answer, which can be sent more than once. */
export class GrpcOperation<Request, Reply, T> implements Operation<T> {
  readonly upstream: ServiceName
  readonly method: Unary<Request, Reply>
  readonly request: Request
  readonly shape: z.ZodType<T>
  readonly trace: TraceContext
  readonly spanId = newSpanId()
  readonly endpoint: string
  readonly isRead: boolean
  readonly repeatable: boolean
  readonly alone: boolean
  readonly owned: boolean
  readonly key: string

  /** `read` and `write` name the method when it may be repeated; the others as in the options of a call */
  constructor(
    upstream: ServiceName,
    method: Unary<Request, Reply>,
    request: Request,
    shape: z.ZodType<T>,
    trace: TraceContext,
    { read, write, alone = false, owned = false }: CallTraits = {},
  ) {
    this.upstream = upstream
    this.method = method
    this.request = request
    this.shape = shape
    this.trace = trace
    this.isRead = read !== undefined
    this.alone = alone
    this.owned = owned
    this.repeatable = (read ?? write) !== undefined
    this.endpoint = read ?? write ?? 'write'
    this.key = read === undefined ? '' : `${read} ${JSON.stringify(request)}`
  }

  send(attempt: Attempt<T>): void {
    // biome-ignore lint/plugin: grpc-js takes deadlines so
    const options = { deadline: Date.now() + remainingMs(attempt.deadline) }
    const metadata = metadataOf(attempt.token, this.trace, this.spanId)
    try {
      const call = this.method(this.request, metadata, options, (error, reply) =>
        this.#settle(attempt, error, reply),
      )
      attempt.stop = () => call.cancel()
    } catch (cause) {
      // What cannot be encoded would not be the next time either.
      attempt.fail(new UpstreamError(this.upstream, 'rejected', 'cannot be sent', { cause }))
    }
  }

  #settle(attempt: Attempt<T>, error: ServiceError | null, reply: Reply): void {
    if (attempt.settled) return
    if (error) {
      const denied = this.owned && error.code === status.PERMISSION_DENIED
      attempt.fail(
        denied
          ? new UpstreamError(this.upstream, 'not_found', "another customer's", { cause: error })
          : asUpstreamError(this.upstream, error),
      )
      return
    }
    const parsed = this.shape.safeParse(reply)
    if (parsed.success) attempt.succeed(parsed.data)
    else attempt.fail(notAsAgreed(this.upstream, parsed.error))
  }
}

/** What every call carries. */
export function metadataOf(token: string, trace: TraceContext, spanId = trace.spanId): Metadata {
  const metadata = new Metadata()
  if (token !== NO_TOKEN) metadata.set('authorization', `Bearer ${token}`)
  metadata.set('traceparent', traceparent(trace, spanId))
  return metadata
}

/** @throws {UpstreamError} `invalid_answer` */
export function parse<T>(upstream: ServiceName, schema: z.ZodType<T>, message: unknown): T {
  const parsed = schema.safeParse(message)
  if (parsed.success) return parsed.data
  throw notAsAgreed(upstream, parsed.error)
}

const notAsAgreed = (upstream: ServiceName, cause: z.ZodError) =>
  new UpstreamError(upstream, 'invalid_answer', 'a message is not as agreed', { cause })

const CODES: Readonly<Partial<Record<status, UpstreamErrorCode>>> = {
  // Ours are reported by the chain: this one was the upstream's own doing.
  [status.CANCELLED]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'timeout',
  [status.INVALID_ARGUMENT]: 'rejected',
  [status.NOT_FOUND]: 'not_found',
  [status.ALREADY_EXISTS]: 'conflict',
  [status.FAILED_PRECONDITION]: 'conflict',
  [status.ABORTED]: 'conflict',
  [status.OUT_OF_RANGE]: 'conflict',
  [status.RESOURCE_EXHAUSTED]: 'overloaded',
  [status.UNAUTHENTICATED]: 'unauthorized',
  [status.PERMISSION_DENIED]: 'forbidden',
  [status.UNIMPLEMENTED]: 'invalid_answer',
}

/** What this side finds wrong with an answer comes as a status like any other. */
const FOUND_HERE = /^(Response message parsing error|Received message larger than max)/

export function asUpstreamError(upstream: ServiceName, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error
  if (!isServiceError(error)) return new UpstreamError(upstream, 'unavailable', 'failed', { cause: error })
  const code = FOUND_HERE.test(error.details) ? 'invalid_answer' : (CODES[error.code] ?? 'unavailable')
  return new UpstreamError(upstream, code, status[error.code] ?? 'failed', {
    cause: error,
    status: status[error.code],
  })
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && typeof error.code === 'number'
