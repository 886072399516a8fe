import { randomBytes } from 'node:crypto'

/** W3C Trace Context, level 1: the trace of a piece of work, and its parent span. */
export type TraceContext = {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits: the span that does the work. */
  readonly spanId: string
  /** The span of the consumer that asked for the work; none for a trace that began here. */
  readonly parentId?: string
  /** Whether its spans are exported. Upstreams receive the same flag. */
  readonly sampled: boolean
}

// A later version starts with the same four fields and may have more after them.
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const ALL_ZERO = /^0+$/

/** The share of traces to sample, 0 to 1, as a bound of the random part of trace ids (Trace Context level 2). */
let sampledBelow = 0

/**
 * Sets the share of traces that this process samples, 0 to 1; none by default. The trace id decides, so processes with
 * the same share choose the same traces. A trace that its consumer samples is sampled in any case.
 */
export function sampleTraces(share: number): void {
  sampledBelow = share * 2 ** 56
}

const isSampled = (traceId: string): boolean =>
  sampledBelow > 0 && Number.parseInt(traceId.slice(18), 16) < sampledBelow

/** Continues the trace of a `traceparent` header; starts a new one when it is absent or malformed. */
export function continueTrace(traceparent: string | undefined | null): TraceContext {
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(traceparent ?? '') ?? []
  const known = version !== 'ff' && !(version === '00' && more !== undefined)
  if (!known || !traceId || !parentId || !flags || ALL_ZERO.test(traceId) || ALL_ZERO.test(parentId))
    return newTrace()
  const sampled = (Number.parseInt(flags, 16) & 1) === 1 || isSampled(traceId)
  return { traceId, spanId: newSpanId(), parentId, sampled }
}

function newTrace(): TraceContext {
  const traceId = randomHex(16)
  return { traceId, spanId: newSpanId(), sampled: isSampled(traceId) }
}

/** 16 hex digits for one more span of a trace. */
export const newSpanId = (): string => randomHex(8)

/** The `traceparent` header of what is asked for by a span of a trace; by the span of the work itself if not given. */
export const traceparent = ({ traceId, spanId, sampled }: TraceContext, bySpan = spanId): string =>
  `00-${traceId}-${bySpan}-${sampled ? '01' : '00'}`

// One system call for many ids: one call per id would dominate the cost of tracing.
const pool = Buffer.alloc(4096)
let used = pool.length

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool.set(randomBytes(pool.length))
    used = 0
  }
  return pool.toString('hex', used, (used += bytes))
}
