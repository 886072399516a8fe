import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError, problemBody, toProblem } from '@harbor/shared-runtime/problems'
import type { Context, ErrorHandler, Handler, NotFoundHandler } from 'hono'
import type { RequestEnv } from './request.ts'

/** Answers any error as RFC 9457 problem+json; what the consumer may not know goes to the log only. */
export const answerProblem =
  (log: Log): ErrorHandler<RequestEnv> =>
  (error, c) => {
    const problem = toProblem(error)
    if (problem.status >= 500)
      log[error instanceof UpstreamError ? 'warn' : 'error'](
        { err: error, code: problem.code, traceId: c.var.trace.traceId },
        'request failed',
      )
    return respond(c, problem)
  }

export const unknownRoute: NotFoundHandler<RequestEnv> = (c) =>
  respond(c, new ProblemError('NOT_FOUND', 'There is no such route. /docs lists those there are.'))

/** @param allowed the methods of the route, as in an `Allow` header */
export const methodNotAllowed =
  (allowed: string): Handler<RequestEnv> =>
  (c) => {
    c.header('Allow', allowed)
    return respond(c, new ProblemError('METHOD_NOT_ALLOWED', `Allowed: ${allowed}.`))
  }

function respond(c: Context<RequestEnv>, problem: ProblemError): Response {
  return c.body(JSON.stringify(problemBody(problem, c.var.trace.traceId)), problem.status, {
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
    ...(problem.code === 'UNAUTHENTICATED' && { 'WWW-Authenticate': 'Bearer' }),
    ...(problem.retryAfterS !== undefined && { 'Retry-After': String(problem.retryAfterS) }),
  })
}
