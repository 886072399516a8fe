import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { remainingMs } from '@harbor/shared-runtime/request-context'
import { newSpanId, type TraceContext, traceparent } from '@harbor/shared-runtime/trace'
import { type Dispatcher, errors, type Pool } from 'undici'
import type { ServiceName } from '../services.ts'
import type { Attempt, Operation } from './attempt.ts'
import { NO_TOKEN } from './authentication.ts'
import type { Arguments, Endpoint } from './endpoint.ts'
import { preconditionHeaders } from './precondition.ts'
import { MAX_BYTES } from './read-json.ts'

/** A call of an HTTP endpoint with its arguments, which can be sent more than once. */
export class HttpOperation<T> implements Operation<T> {
  readonly upstream: ServiceName
  readonly pool: Pool
  readonly shape: Endpoint<T>
  readonly key: string
  readonly args: Arguments
  readonly trace: TraceContext
  readonly spanId = newSpanId()
  bytesSent = 0
  bytesReceived = 0

  constructor(
    upstream: ServiceName,
    pool: Pool,
    endpoint: Endpoint<T>,
    path: string,
    args: Arguments,
    trace: TraceContext,
  ) {
    this.upstream = upstream
    this.pool = pool
    this.shape = endpoint
    this.key = path
    this.args = args
    this.trace = trace
  }

  get endpoint(): string {
    return `${this.shape.method} ${this.shape.path}`
  }

  get isRead(): boolean {
    return this.shape.method === 'GET'
  }

  get alone(): boolean {
    return this.args.alone === true
  }

  /** RFC 9110, 9.2.2; a POST is as soon as the upstream answers the same to the same key. */
  get repeatable(): boolean {
    const { method } = this.shape
    return (
      method === 'GET' || method === 'PUT' || method === 'DELETE' || this.args.idempotencyKey !== undefined
    )
  }

  send(attempt: Attempt<T>): void {
    const { args } = this
    const headers = [
      'accept',
      'application/json',
      'traceparent',
      traceparent(this.trace, this.spanId),
      'x-remaining-ms',
      String(Math.ceil(remainingMs(attempt.deadline))),
    ]
    if (attempt.token !== NO_TOKEN) headers.push('authorization', `Bearer ${attempt.token}`)
    if (args.body !== undefined) headers.push('content-type', 'application/json')
    if (args.idempotencyKey !== undefined) headers.push('idempotency-key', args.idempotencyKey)
    for (const [name, value] of preconditionHeaders(args.precondition)) headers.push(name, value)
    const body = args.body === undefined ? null : JSON.stringify(args.body)
    if (body !== null) this.bytesSent += Buffer.byteLength(body)
    const answer = new Answer(this, attempt)
    this.pool.dispatch({ method: this.shape.method, path: this.key, headers, body }, answer)
  }

  error(code: UpstreamErrorCode, message: string, cause?: unknown, status?: number): UpstreamError {
    return new UpstreamError(this.upstream, code, `${this.endpoint}${message}`, { cause, status })
  }
}

/**
 * Takes in the answer of one attempt. undici calls it directly: `pool.request` would make a stream of every
 * body, which costs more than all that the chain does.
 */
class Answer<T> implements Dispatcher.DispatchHandler {
  readonly #operation: HttpOperation<T>
  readonly #attempt: Attempt<T>
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #first: Buffer | undefined
  #more: Buffer[] | undefined
  #size = 0

  constructor(operation: HttpOperation<T>, attempt: Attempt<T>) {
    this.#operation = operation
    this.#attempt = attempt
    attempt.stop = (why) => this.#controller?.abort(why)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    // It waited for a connection longer than anybody waited for it.
    if (this.#attempt.settled) controller.abort(new Error('not needed any more'))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number): void {
    // 1xx announce the answer, they are none.
    if (status >= 200) this.#status = status
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length
    this.#operation.bytesReceived += chunk.length
    if (this.#size > MAX_BYTES) {
      this.#attempt.fail(this.#operation.error('invalid_answer', `: larger than ${MAX_BYTES} bytes`))
      controller.abort(new Error('the answer is too large'))
    } else if (this.#status >= 300) {
      // The words of an error are not needed, only the connection on which they came.
    } else if (this.#first === undefined) this.#first = chunk
    else if (this.#more === undefined) this.#more = [this.#first, chunk]
    else this.#more.push(chunk)
  }

  onResponseEnd(): void {
    const operation = this.#operation
    const attempt = this.#attempt
    if (attempt.settled) return
    if (this.#status >= 300) {
      attempt.fail(
        operation.error(
          codeOf(this.#status, operation.shape),
          `: status ${this.#status}`,
          undefined,
          this.#status,
        ),
      )
      return
    }
    let answer: unknown
    try {
      const bytes = this.#more === undefined ? this.#first : Buffer.concat(this.#more, this.#size)
      answer = bytes === undefined ? undefined : JSON.parse(bytes.toString('utf8'))
    } catch (cause) {
      attempt.fail(operation.error('invalid_answer', ': not JSON', cause))
      return
    }
    const parsed = operation.shape.answer.safeParse(answer)
    if (parsed.success) attempt.succeed(parsed.data)
    else attempt.fail(operation.error('invalid_answer', ': not as agreed', parsed.error))
  }

  onResponseError(_: unknown, cause: Error): void {
    // What undici refuses to send (a line break in a header) would be refused again.
    const code = cause instanceof errors.InvalidArgumentError ? 'rejected' : 'unavailable'
    this.#attempt.fail(this.#operation.error(code, ' failed', cause))
  }
}

const CODES = new Map<number, UpstreamErrorCode>([
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [408, 'timeout'],
  [409, 'conflict'],
  [410, 'not_found'],
  [412, 'precondition_failed'],
  [429, 'overloaded'],
])

/**
 * Redirects are not followed: one is as good as no answer. 401 is about our token, and so is 403, but where the
 * consumer chose the id: there it is about whose thing that is.
 */
const codeOf = (status: number, { owned }: Endpoint<unknown>): UpstreamErrorCode =>
  (status === 403 && owned ? 'not_found' : CODES.get(status)) ??
  (status >= 500 ? 'unavailable' : status >= 400 ? 'rejected' : 'invalid_answer')
