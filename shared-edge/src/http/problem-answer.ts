import { challenge, credentialOf } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { problemResponse } from '@harbor/shared-runtime/problem-response'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import type { ErrorHandler, Handler, MiddlewareHandler, NotFoundHandler } from 'hono'
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
    // A token that identity refuses later, such as one that ended within the leeway, is as good as an invalid one.
    const presented = credentialOf(c.req.header('authorization'))
    const failure = presented && { scheme: presented.scheme, error: 'invalid_token' as const }
    const headers = problem.status === 401 && { 'WWW-Authenticate': problem.challenge ?? challenge(failure) }
    return problemResponse(problem, c.var.trace.traceId, headers || {})
  }

/** An error handler of Hono sees Errors only: whatever else is thrown becomes one. */
export const errorsOnly: MiddlewareHandler = async (_, next) => {
  try {
    await next()
  } catch (thrown) {
    throw thrown instanceof Error ? thrown : new Error('something that is no Error', { cause: thrown })
  }
}

export const unknownRoute: NotFoundHandler<RequestEnv> = (c) =>
  problemResponse(
    new ProblemError('NOT_FOUND', 'There is no such route. /docs lists those there are.'),
    c.var.trace.traceId,
  )

/** @param allowed the methods of the route, as in an `Allow` header */
export const methodNotAllowed =
  (allowed: string): Handler<RequestEnv> =>
  (c) =>
    problemResponse(new ProblemError('METHOD_NOT_ALLOWED', `Allowed: ${allowed}.`), c.var.trace.traceId, {
      Allow: allowed,
    })
