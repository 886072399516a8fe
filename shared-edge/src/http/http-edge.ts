import type { Context, Hono, MiddlewareHandler, Schema } from 'hono'
import { urlLimits } from '../limits/url-limits.ts'
import { securityHeaders } from '../security-headers.ts'
import { answerProblem, errorsOnly, unknownRoute } from './problem-answer.ts'
import { type EdgeEnv, type EdgeLog, tracing } from './tracing.ts'

type Options = {
  log: EdgeLog
  /** Whether consumers reach this process by https. */
  https?: boolean
  /** Rate limits; absent in tests about something else. */
  limits?: readonly MiddlewareHandler[]
  /** Whether answers say how long they took (`Server-Timing`). */
  serverTiming?: boolean
  /** Notes finished answers that can be sent again; it sees them with all their headers. */
  learn?: MiddlewareHandler<EdgeEnv> | undefined
  /** The default `WWW-Authenticate` of a 401: the credentials that this process accepts. */
  challenge: (c: Context) => string
}

/**
 * The steps of every request over HTTP before its route, in the order in which they run: security headers, trace and
 * request log, conversion of thrown values to Errors, rate limits, limits of the URL. Errors of steps and routes
 * become problems in one place.
 */
export function httpEdge<E extends EdgeEnv, S extends Schema, BasePath extends string>(
  app: Hono<E, S, BasePath>,
  { log, https = false, limits = [], serverTiming = false, learn, challenge }: Options,
): void {
  if (learn) app.use(learn)
  app.use(securityHeaders({ https }), tracing(log, { serverTiming }), errorsOnly, ...limits, urlLimits())
  app.notFound(unknownRoute)
  app.onError(answerProblem(log, challenge))
}
