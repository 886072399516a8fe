import type { RequestRecord } from '../traces/record.ts'
import { causeOf } from './cause.ts'

/** One request in the list. */
export const listed = (record: RequestRecord) => {
  const { facts, kept } = record
  const { trace, kind, name, status, ms, degraded, problem } = facts
  return {
    traceId: trace.traceId,
    at: instant(facts.arrivedAt),
    kind,
    name,
    status,
    ms,
    kept,
    ...(degraded.length > 0 && { degraded }),
    problem,
    cause: causeOf(record).sentence,
  }
}

/** Everything that is known of one request. */
export function explained(record: RequestRecord) {
  const { facts, spans, caches, moreSpans } = record
  const { consumer, budgetMs, faults, cache, bytesIn, bytesOut, trace, method } = facts
  return {
    ...listed(record),
    cause: causeOf(record),
    method,
    spanId: trace.spanId,
    parentSpanId: trace.parentId,
    sampled: trace.sampled,
    ...{ consumer, budgetMs, faults, cache, bytesIn, bytesOut },
    reads: Object.fromEntries(caches),
    calls: spans.map(({ startedAt, ms, limitMs, ...span }) => ({
      ...span,
      startMs: tenths(startedAt - facts.arrivedAt),
      ms: tenths(ms),
      limitMs: tenths(limitMs),
    })),
    ...(moreSpans > 0 && { moreCalls: moreSpans }),
  }
}

export type Explained = ReturnType<typeof explained>
export type Listed = ReturnType<typeof listed>

const tenths = (ms: number): number => Math.round(ms * 10) / 10

/** An instant of `performance.now()` as people read it. */
const instant = (at: number): string => new Date(performance.timeOrigin + at).toISOString()
