import type { UpstreamError } from '@harbor/shared-runtime/errors'
import type { TraceContext } from '@harbor/shared-runtime/trace'

/** A call as its transport describes it; the chain decides whether, when and how often it is sent. */
export type Operation<T> = {
  /** `GET /products/{id}`, `getStock`: its name in events. */
  readonly endpoint: string
  /** Safe to send again: reads, PUT, DELETE, and what carries an idempotency key. */
  readonly repeatable: boolean
  /** Changes nothing: may be hedged, and shared by those who ask the same at the same time. */
  readonly isRead: boolean
  /** A read that is not shared: its answer must not be older than the call. */
  readonly alone?: boolean
  /** Equal for equal arguments. */
  readonly key: string
  /** What parses the answer: two schemas of one endpoint are never shared. */
  readonly shape: object
  readonly trace: TraceContext
  /** The span of the call itself: the parent of the upstream's. */
  readonly spanId: string
  /** Bytes of the bodies that its attempts sent and received, where the transport knows. */
  readonly bytesSent?: number
  readonly bytesReceived?: number
  /** Sends it once. Calls `succeed` or `fail` of the attempt, at once or later; never throws. */
  send(attempt: Attempt<T>): void
}

/** One sending of a call. Settles once; what comes later is dropped. */
export class Attempt<T> {
  /** Instant (of `performance.now()`) after which nobody waits for it. */
  readonly deadline: number
  /** The internal token that it carries. */
  readonly token: string
  readonly startedAt: number
  /** Set by the transport: ends the exchange with the upstream. */
  stop: ((why: UpstreamError) => void) | undefined
  #owner: AttemptOwner<T> | undefined

  constructor(owner: AttemptOwner<T>, token: string, deadline: number, startedAt: number) {
    this.#owner = owner
    this.token = token
    this.deadline = deadline
    this.startedAt = startedAt
  }

  get settled(): boolean {
    return this.#owner === undefined
  }

  succeed(value: T): void {
    const owner = this.#release()
    owner?.succeeded(this, value)
  }

  fail(error: UpstreamError): void {
    const owner = this.#release()
    owner?.failed(this, error)
  }

  /** Ends it without an outcome. */
  cancel(why: UpstreamError): void {
    const { stop } = this
    if (this.#release() !== undefined) stop?.(why)
  }

  #release(): AttemptOwner<T> | undefined {
    const owner = this.#owner
    this.#owner = undefined
    this.stop = undefined
    return owner
  }
}

export type AttemptOwner<T> = {
  succeeded(attempt: Attempt<T>, value: T): void
  failed(attempt: Attempt<T>, error: UpstreamError): void
}
