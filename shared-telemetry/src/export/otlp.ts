import type { CallSpan, RequestRecord } from '../traces/record.ts'

/** OTLP/HTTP with JSON (opentelemetry-proto 1): ids are hex, times are decimal nanoseconds since 1970. */
type Attribute = {
  key: string
  value: { stringValue: string } | { intValue: string } | { doubleValue: number }
}

const SERVER = 2
const CLIENT = 3
const FAILED = 2

/** The body of `POST /v1/traces` for some requests. */
export const otlpTraces = (service: string, records: readonly RequestRecord[]): string =>
  JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: attributes({ 'service.name': service }) },
        scopeSpans: [{ scope: { name: 'harbor' }, spans: records.flatMap(spansOf) }],
      },
    ],
  })

const spansOf = (record: RequestRecord) => [
  requestSpan(record),
  ...record.spans.map((span) => callSpan(record, span)),
]

function requestSpan({ facts, kept, caches }: RequestRecord) {
  const { trace, kind, name, method, status, arrivedAt, ms, faults } = facts
  const failed = status >= 500
  return {
    traceId: trace.traceId,
    spanId: trace.spanId,
    ...(trace.parentId !== undefined && { parentSpanId: trace.parentId }),
    name: `${kind} ${name}`,
    kind: SERVER,
    ...times(arrivedAt, ms),
    attributes: attributes({
      'http.request.method': method,
      'http.response.status_code': status,
      'harbor.consumer': facts.consumer,
      'harbor.budget_ms': facts.budgetMs,
      'harbor.degraded': facts.degraded.join(', ') || undefined,
      'harbor.problem': facts.problem,
      'harbor.failed_upstreams': faults.flatMap(({ upstream }) => upstream ?? []).join(', ') || undefined,
      'harbor.cache': facts.cache,
      'harbor.kept': kept,
      ...Object.fromEntries(
        [...caches].flatMap(([namespace, found]) =>
          Object.entries(found).map(([what, count]) => [`harbor.cache.${namespace}.${what}`, count] as const),
        ),
      ),
    }),
    status: failed ? { code: FAILED } : {},
  }
}

function callSpan({ facts: { trace } }: RequestRecord, span: CallSpan) {
  return {
    traceId: trace.traceId,
    spanId: span.spanId,
    parentSpanId: trace.spanId,
    name: `${span.upstream} ${span.endpoint}`,
    kind: CLIENT,
    ...times(span.startedAt, span.ms),
    attributes: attributes({
      'harbor.upstream': span.upstream,
      'harbor.call': span.how,
      'harbor.outcome': span.code,
      'harbor.attempts': span.attempts,
      'harbor.retries': span.retries || undefined,
      'harbor.hedged_after_ms': span.hedgedAfterMs,
      'harbor.limit_ms': span.limitMs,
      'harbor.breaker': span.breaker,
      'harbor.joined_trace': span.sharedTraceId,
      'harbor.fault': span.fault?.kind,
      'harbor.bytes_sent': span.bytesSent,
      'harbor.bytes_received': span.bytesReceived,
    }),
    status: span.fault ? { code: FAILED, message: span.fault.words } : {},
  }
}

/** The wall clock of the process's start and the monotonic clock since then. */
const times = (startedAt: number, ms: number) => ({
  startTimeUnixNano: nanoseconds(startedAt),
  endTimeUnixNano: nanoseconds(startedAt + ms),
})

const nanoseconds = (at: number): string =>
  String(BigInt(Math.round((performance.timeOrigin + at) * 1_000)) * 1_000n)

const attributes = (values: Readonly<Record<string, string | number | undefined>>): Attribute[] =>
  Object.entries(values).flatMap(([key, value]): Attribute[] => {
    if (value === undefined) return []
    if (typeof value === 'string') return [{ key, value: { stringValue: value } }]
    return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }]
  })
