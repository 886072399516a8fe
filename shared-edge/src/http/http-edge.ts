import type { Context, Hono, MiddlewareHandler, Schema } from 'hono'
import { urlLimits } from '../limits/url-limits.ts'
import { securityHeaders } from '../security-headers.ts'
import { answerProblem, errorsOnly, unknownRoute } from './problem-answer.ts'
import { type EdgeEnv, type EdgeLog, tracing } from './tracing.ts'

type Options = {
  log: EdgeLog
  /** Whether consumers reach this process by https. */
  https?: boolean
  /** Rate limits; none in tests that are about something else. */
  limits?: readonly MiddlewareHandler[]
  /** Whether answers say how long they took (`Server-Timing`). */
  serverTiming?: boolean
  /** The `WWW-Authenticate` of a 401 that names none: what this process accepts. */
  challenge: (c: Context) => string
}

/**
 * The steps that every request over HTTP takes before its route, in the order in which they run: security headers,
 * trace and request log, errors as Errors, rate limits, limits of the URL. What is thrown, by a step or by a route,
 * becomes a problem in one place.
 */
export function httpEdge<E extends EdgeEnv, S extends Schema, BasePath extends string>(
  app: Hono<E, S, BasePath>,
  { log, https = false, limits = [], serverTiming = false, challenge }: Options,
): void {
  app.use(securityHeaders({ https }), tracing(log, { serverTiming }), errorsOnly, ...limits, urlLimits())
  app.notFound(unknownRoute)
  app.onError(answerProblem(log, challenge))
}
