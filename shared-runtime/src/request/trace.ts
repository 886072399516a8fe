import { randomBytes } from 'node:crypto'

/** W3C Trace Context, level 1: the trace of a piece of work, and its parent span. */
export type TraceContext = {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits: the span that does the work. */
  readonly spanId: string
  readonly sampled: boolean
}

// A later version starts with the same four fields and may have more after them.
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const ALL_ZERO = /^0+$/

/** Continues the trace of a `traceparent` header; starts a new one when it is absent or malformed. */
export function continueTrace(traceparent: string | undefined | null): TraceContext {
  const [, version, traceId, parentId, flags, more] = TRACEPARENT.exec(traceparent ?? '') ?? []
  const known = version !== 'ff' && !(version === '00' && more !== undefined)
  if (!known || !traceId || !parentId || !flags || ALL_ZERO.test(traceId) || ALL_ZERO.test(parentId))
    return { traceId: randomHex(16), spanId: randomHex(8), sampled: false }
  return { traceId, spanId: randomHex(8), sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** The `traceparent` header of a call made by this span. */
export const traceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

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
