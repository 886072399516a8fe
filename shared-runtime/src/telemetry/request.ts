import { UpstreamError, type UpstreamErrorCode } from '../errors/errors.ts'
import type { TraceContext } from '../request/trace.ts'
import { typedChannel } from './channel.ts'

/** What was asked for. `route`: anything that is neither a screen, an action nor an operation. */
export type RequestKind = 'screen' | 'action' | 'operation' | 'route'

/** Who asked: a kind of consumer, never a person. */
export type ConsumerKind = 'anonymous' | 'customer' | 'staff'

/** Why a part of an answer, or the whole answer, is missing. */
export type Fault = {
  /** The upstream that failed; `undefined` for an error of this process. */
  readonly upstream: string | undefined
  readonly code: UpstreamErrorCode | 'unexpected'
  /** The optional part that is missing because of it; `undefined` when the whole answer is. */
  readonly part?: string
}

export const faultOf = (error: unknown, part?: string): Fault => ({
  ...(error instanceof UpstreamError
    ? { upstream: error.upstream, code: error.code }
    : { upstream: undefined, code: 'unexpected' as const }),
  ...(part !== undefined && { part }),
})

/**
 * What is known of a request: made when it arrives, filled in by its steps, published when it starts and when it has
 * its answer. It holds names of this code and numbers only, nothing that a consumer or an upstream wrote.
 */
export class RequestFacts {
  readonly trace: TraceContext
  readonly method: string
  /** Instant of `performance.now()`. */
  readonly arrivedAt: number
  kind: RequestKind = 'route'
  /** `home`, `ProductPage`; for a route its pattern. */
  name = ''
  budgetMs: number | undefined
  consumer: ConsumerKind = 'anonymous'
  /** The HTTP status; 0 until it has its answer. */
  status = 0
  /** Milliseconds from its arrival to its answer. */
  ms = 0
  /** The code of the problem that it was answered with. */
  problem: string | undefined
  /** The optional parts that are missing. */
  degraded: readonly string[] = []
  /** What failed, as far as its steps know. */
  faults: readonly Fault[] = []
  /** `Cache-Status` of the answer, without the name of the cache. */
  cache: string | undefined
  /** Bytes of the body received and sent; `undefined` when not known in advance. */
  bytesIn: number | undefined
  bytesOut: number | undefined
  /** Upstream calls by upstream, for the log line; set by who listens to calls. */
  upstreams: Readonly<Record<string, number>> | undefined

  constructor(trace: TraceContext, method: string, arrivedAt: number) {
    this.trace = trace
    this.method = method
    this.arrivedAt = arrivedAt
  }

  /** Names what was asked for. */
  is(kind: RequestKind, name: string, budgetMs?: number): void {
    this.kind = kind
    this.name = name
    this.budgetMs = budgetMs
  }

  /** Notes who asked, by their roles. */
  by(viewer: { readonly roles: ReadonlySet<string> } | undefined): void {
    if (viewer) this.consumer = viewer.roles.has('staff') ? 'staff' : 'customer'
  }

  failed(...faults: readonly Fault[]): void {
    this.faults = [...this.faults, ...faults]
  }
}

/** The life of requests over HTTP. Both channels of a request get the same object. */
export const requestEvents = {
  started: typedChannel<RequestFacts>('harbor.request.started'),
  finished: typedChannel<RequestFacts>('harbor.request.finished'),
}
