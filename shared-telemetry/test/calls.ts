import type { Finished } from '@harbor/shared-clients/call-events'
import type { RequestFacts } from '@harbor/shared-runtime/telemetry/request'
import { newSpanId } from '@harbor/shared-runtime/trace'

/** Messages of calls to the catalog, of a request or of none. */
export const call = {
  event: (facts?: RequestFacts, upstream = 'catalog') => ({
    upstream,
    endpoint: 'GET /products/{id}',
    traceId: facts?.trace.traceId ?? '0'.repeat(32),
    parentSpanId: facts?.trace.spanId ?? '0'.repeat(16),
    spanId: newSpanId(),
  }),
  finished: (given: Partial<Finished> = {}, facts?: RequestFacts): Finished => ({
    ...call.event(facts),
    startedAt: performance.now() - 12,
    durationMs: 12,
    limitMs: 200,
    code: 'ok',
    error: undefined,
    attempts: 1,
    breaker: 'closed',
    bytesSent: 0,
    bytesReceived: 1_200,
    ...given,
  }),
}
