import type { IncomingMessage } from 'node:http'
import type { Log } from '@harbor/shared-runtime/log'
import { continueTrace, type TraceContext } from '@harbor/shared-runtime/trace'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'

/** The log levels used by the edge. */
export type EdgeLog = Pick<Log, 'info' | 'warn' | 'error'>

/** Variables of a request for every handler. */
export type EdgeEnv = {
  /** The Node request; absent in tests without a server. */
  Bindings: { incoming?: IncomingMessage }
  Variables: { trace: TraceContext }
}

/** Continues the consumer's trace or starts one, names it in the answer, and logs one line per request. */
export const tracing =
  (log: EdgeLog, { serverTiming }: { serverTiming: boolean }): MiddlewareHandler<EdgeEnv> =>
  async (c, next) => {
    const trace = continueTrace(c.req.header('traceparent'))
    const startedAt = performance.now()
    c.set('trace', trace)
    await next()
    const ms = Math.round((performance.now() - startedAt) * 10) / 10
    // Not c.header, which would turn a ready body into a stream.
    c.res.headers.set('X-Trace-Id', trace.traceId)
    if (serverTiming) c.res.headers.set('Server-Timing', `total;dur=${ms}`)
    // The route's pattern, not the URL: ids and search words of users stay out of the log.
    log.info(
      { method: c.req.method, route: routePath(c, -1), status: c.res.status, ms, traceId: trace.traceId },
      'request',
    )
  }
