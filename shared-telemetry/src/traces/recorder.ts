import { callEvents, type Finished, type Joined } from '@harbor/shared-clients/call-events'
import { cacheChannels } from '@harbor/shared-runtime/cache'
import { requestEvents } from '@harbor/shared-runtime/telemetry/request'
import type { Listen } from '../subscriptions.ts'
import { watchBreakers } from './breakers.ts'
import { faultOfCall } from './fault.ts'
import { keptBecause } from './keep.ts'
import { type Kept, RequestRecord } from './record.ts'
import { Ring } from './ring.ts'

/** Records that are held: of all requests, and of each reason to keep one. */
const RECENT = 500
const KEPT_EACH = 200
/** Requests without an answer that are followed; the oldest is forgotten first. */
const MAX_OPEN = 10_000

const REASONS = ['error', 'degraded', 'slow', 'shed'] as const satisfies readonly Kept[]
/** Events of the cache that say what a request found. */
const READS = ['hit', 'stale', 'negative', 'miss', 'coalesced'] as const

export type Recorder = {
  /** The records that are held, the newest first; each once. */
  records(): readonly RequestRecord[]
  /** Those of one trace: a consumer may send several requests in one. */
  byTrace(traceId: string): readonly RequestRecord[]
}

/**
 * Keeps a record of each request: a plain object with one more for each of its calls, whether the trace is sampled or
 * not. The newest are held, and for longer those that went wrong: a flood of one kind does not push out another.
 * @param recorded called for each record once the request has its answer; calls may still end after that
 */
export function recordRequests(listen: Listen, recorded: (record: RequestRecord) => void): Recorder {
  /** By the span of the request: all that are open or held. */
  const known = new Map<string, RequestRecord>()
  const release = (record: RequestRecord) => {
    if (--record.held === 0) known.delete(record.facts.trace.spanId)
  }
  const recent = new Ring<RequestRecord>(RECENT, release)
  const kept = new Map(REASONS.map((reason) => [reason, new Ring<RequestRecord>(KEPT_EACH, release)]))
  const openBreakers = watchBreakers(listen)
  let open = 0

  listen(requestEvents.started, (facts) => {
    known.set(facts.trace.spanId, new RequestRecord(facts))
    if (++open > MAX_OPEN) forgetOldest()
  })
  listen(requestEvents.finished, (facts) => {
    const record = known.get(facts.trace.spanId)
    if (!record) return
    open--
    facts.upstreams = record.upstreams()
    record.kept = keptBecause(facts)
    record.held = record.kept ? 2 : 1
    if (record.kept) {
      record.breakers = openBreakers()
      kept.get(record.kept)?.push(record)
    }
    recent.push(record)
    recorded(record)
  })

  const spanOf = (event: { parentSpanId: string; upstream: string; endpoint: string; spanId: string }) =>
    known.get(event.parentSpanId)?.span(event)
  const end = (ended: Finished | Joined, how: 'sent' | 'joined' | 'not-sent') => {
    const span = spanOf(ended)
    if (!span) return
    const { startedAt, durationMs: ms, limitMs, code } = ended
    Object.assign(span, {
      how,
      startedAt,
      ms,
      limitMs,
      code,
      fault: code === 'ok' ? undefined : faultOfCall(ended),
    })
    return span
  }
  listen(callEvents.finished, (ended) => {
    const span = end(ended, ended.attempts > 0 ? 'sent' : 'not-sent')
    if (!span) return
    const { attempts, breaker, bytesSent, bytesReceived } = ended
    Object.assign(span, { attempts, breaker, bytesSent, bytesReceived })
  })
  listen(callEvents.joined, (ended) => {
    const span = end(ended, 'joined')
    if (span) span.sharedTraceId = ended.sharedTraceId
  })
  listen(callEvents.retried, (event) => {
    const span = spanOf(event)
    if (span) span.retries++
  })
  listen(callEvents.hedged, (event) => {
    const span = spanOf(event)
    if (span) span.hedgedAfterMs = event.afterMs
  })
  listen(callEvents.skipped, (event) => {
    const { upstream, remainingMs, neededMs } = event
    const words = `was not called: ${Math.round(remainingMs)} ms were left, and it usually needs ${Math.round(neededMs)} ms`
    const span = spanOf(event)
    if (span)
      Object.assign(span, { how: 'skipped', code: 'timeout', fault: { kind: 'skipped', upstream, words } })
  })
  for (const found of READS)
    listen(cacheChannels[found], ({ trace, namespace, count }) => {
      if (trace) known.get(trace.spanId)?.read(namespace, found, count)
    })

  const records = () => [...new Set([...recent, ...[...kept.values()].flatMap((ring) => [...ring])])]
  return {
    records: () => records().toSorted((one, other) => other.facts.arrivedAt - one.facts.arrivedAt),
    byTrace: (traceId) => records().filter(({ facts }) => facts.trace.traceId === traceId),
  }

  function forgetOldest(): void {
    for (const [spanId, record] of known)
      if (record.held === 0) {
        known.delete(spanId)
        open--
        return
      }
  }
}
