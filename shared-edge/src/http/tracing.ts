import type { IncomingMessage } from 'node:http'
import { arrivalOf } from '@harbor/shared-runtime/arrival'
import type { Log } from '@harbor/shared-runtime/log'
import { RequestFacts, requestEvents } from '@harbor/shared-runtime/telemetry/request'
import { continueTrace, type TraceContext } from '@harbor/shared-runtime/trace'
import type { Context, MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'

/** The log levels used by the edge. */
export type EdgeLog = Pick<Log, 'info' | 'warn' | 'error'>

/** Variables of a request for every handler. */
export type EdgeEnv = {
  /** The Node request; absent in tests without a server. */
  Bindings: { incoming?: IncomingMessage }
  Variables: { trace: TraceContext; facts: RequestFacts }
}

/**
 * Continues the consumer's trace or starts one, names it in the answer, publishes the request when it starts and when
 * it has its answer, and logs one line per request.
 */
export const tracing =
  (log: EdgeLog, { serverTiming }: { serverTiming: boolean }): MiddlewareHandler<EdgeEnv> =>
  async (c, next) => {
    const trace = continueTrace(c.req.header('traceparent'))
    const facts = new RequestFacts(trace, c.req.method, arrivalOf(c.env?.incoming))
    c.set('trace', trace)
    c.set('facts', facts)
    if (requestEvents.started.hasSubscribers) requestEvents.started.publish(facts)
    await next()
    // The route's pattern, not the URL: ids and search words of users stay out of the log.
    const route = routePath(c, -1)
    answered(c, facts, route)
    // Not c.header, which would turn a ready body into a stream.
    c.res.headers.set('X-Trace-Id', trace.traceId)
    if (serverTiming) c.res.headers.set('Server-Timing', `total;dur=${facts.ms}`)
    if (requestEvents.finished.hasSubscribers) requestEvents.finished.publish(facts)
    log.info(requestLine(facts, route), 'request')
  }

/** Notes what the answer itself says. */
function answered(c: Context<EdgeEnv>, facts: RequestFacts, route: string): void {
  const { status, headers } = c.res
  facts.status = status
  facts.ms = Math.round((performance.now() - facts.arrivedAt) * 10) / 10
  if (facts.name === '') facts.name = route
  facts.cache = headers.get('cache-status')?.replace(/^harbor; /, '')
  facts.bytesIn = bytes(c.req.header('content-length'))
  facts.bytesOut = bytes(headers.get('content-length'))
}

const bytes = (given: string | null | undefined): number | undefined =>
  given === null || given === undefined ? undefined : Number(given)

/** What a person on call asks first. A field without a value is left out. */
export function requestLine(facts: RequestFacts, route: string): Record<string, unknown> {
  const { method, status, ms, kind, name, consumer, upstreams, degraded, problem, cache } = facts
  return {
    method,
    route,
    ...(kind !== 'route' && { [kind]: name }),
    status,
    ms,
    consumer,
    upstreams,
    ...(degraded.length > 0 && { degraded }),
    problem,
    cache,
    bytesIn: facts.bytesIn,
    bytesOut: facts.bytesOut,
    traceId: facts.trace.traceId,
  }
}
