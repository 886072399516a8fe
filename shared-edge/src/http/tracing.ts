import type { IncomingMessage } from 'node:http'
import type { Log } from '@harbor/shared-runtime/log'
import { continueTrace, type TraceContext } from '@harbor/shared-runtime/trace'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'

/** What the steps log with. */
export type EdgeLog = Pick<Log, 'info' | 'warn' | 'error'>

/** What every handler may read of the request that it serves. */
export type EdgeEnv = {
  /** Of the server; a test asks without one. */
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
    // Not c.header, which makes a stream of a body that is there already.
    c.res.headers.set('X-Trace-Id', trace.traceId)
    if (serverTiming) c.res.headers.set('Server-Timing', `total;dur=${ms}`)
    // The route's pattern, not the URL: ids and search words of a person stay out of the log.
    log.info(
      { method: c.req.method, route: routePath(c, -1), status: c.res.status, ms, traceId: trace.traceId },
      'request',
    )
  }
