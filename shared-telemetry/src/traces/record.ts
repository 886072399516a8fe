import type { BreakerState, Finished } from '@harbor/shared-clients/call-events'
import type { RequestFacts } from '@harbor/shared-runtime/telemetry/request'

/** What went wrong with a call, in words of this code and numbers: nothing that an upstream wrote. */
export type CallFault = {
  readonly kind:
    | 'timeout'
    | 'server-error'
    | 'connection'
    | 'malformed'
    | 'overloaded'
    | 'refused'
    | 'breaker-open'
    | 'bulkhead-full'
    | 'skipped'
  /** Which upstream failed: `identity` when there was no token for the call. */
  readonly upstream: string
  /** Follows the name of the upstream: `answered 503`. */
  readonly words: string
}

/** One upstream call of a request, or one that was joined, skipped or refused. */
export type CallSpan = {
  readonly upstream: string
  /** A pattern without values. */
  readonly endpoint: string
  readonly spanId: string
  /** `running` until its end is known. */
  how: 'running' | 'sent' | 'joined' | 'skipped' | 'not-sent'
  /** Instant of `performance.now()`. */
  startedAt: number
  ms: number
  limitMs: number
  code: Finished['code'] | undefined
  fault: CallFault | undefined
  attempts: number
  retries: number
  hedgedAfterMs: number | undefined
  breaker: BreakerState
  /** The trace whose call it joined. */
  sharedTraceId: string | undefined
  bytesSent: number | undefined
  bytesReceived: number | undefined
}

/** Why a record is kept longer than others. */
export type Kept = 'error' | 'degraded' | 'slow' | 'shed'

/** More calls of one request are only counted. */
const MAX_SPANS = 64
const MAX_NAMESPACES = 32

/** What happened in one request. */
export class RequestRecord {
  readonly facts: RequestFacts
  readonly spans: CallSpan[] = []
  /** Calls above the limit. */
  moreSpans = 0
  /** Entities that it read from a cache: by namespace, then by what was found. */
  readonly caches = new Map<string, Record<string, number>>()
  kept: Kept | undefined
  /** Upstreams whose breaker was not closed when the request had its answer. */
  breakers: readonly OpenBreaker[] = []
  /** In how many rings it is. */
  held = 0

  constructor(facts: RequestFacts) {
    this.facts = facts
  }

  /** The span of a call, made for the first of its events; `undefined` above the limit. */
  span(call: { upstream: string; endpoint: string; spanId: string }): CallSpan | undefined {
    const known = this.spans.findLast(({ spanId }) => spanId === call.spanId)
    if (known) return known
    if (this.spans.length >= MAX_SPANS) {
      this.moreSpans++
      return undefined
    }
    const span: CallSpan = {
      upstream: call.upstream,
      endpoint: call.endpoint,
      spanId: call.spanId,
      how: 'running',
      startedAt: performance.now(),
      ms: 0,
      limitMs: 0,
      code: undefined,
      fault: undefined,
      attempts: 0,
      retries: 0,
      hedgedAfterMs: undefined,
      breaker: 'closed',
      sharedTraceId: undefined,
      bytesSent: undefined,
      bytesReceived: undefined,
    }
    this.spans.push(span)
    return span
  }

  read(namespace: string, found: string, count: number): void {
    const reads = this.caches.get(namespace)
    if (reads) reads[found] = (reads[found] ?? 0) + count
    else if (this.caches.size < MAX_NAMESPACES) this.caches.set(namespace, { [found]: count })
  }

  /** Upstream calls that were sent, by upstream. */
  upstreams(): Record<string, number> | undefined {
    if (this.spans.length === 0) return undefined
    const counts = new Map<string, number>()
    for (const { upstream, how } of this.spans)
      if (how === 'sent' || how === 'running') counts.set(upstream, (counts.get(upstream) ?? 0) + 1)
    return Object.fromEntries(counts)
  }
}

/** A breaker that is not closed. `at`: milliseconds since 1970; `after`: what the upstream did before. */
export type OpenBreaker = {
  readonly upstream: string
  readonly at: number
  readonly after: string | undefined
}
