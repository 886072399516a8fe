import { challenge, credentialOf } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import { faultOf } from '@harbor/shared-runtime/telemetry/request'
import type { Context, ErrorHandler, Handler, MiddlewareHandler } from 'hono'
import { problemResponse } from './problem-response.ts'
import type { EdgeEnv, EdgeLog } from './tracing.ts'

/**
 * Answers any error as RFC 9457 problem+json; confidential details go to the log only. An upstream's failure is a
 * warning, anything else with status 500 or more an error.
 * @param challenge the default `WWW-Authenticate` of a 401
 */
export const answerProblem =
  <E extends EdgeEnv>(log: EdgeLog, challenge: (c: Context) => string): ErrorHandler<E> =>
  (error, c) => {
    const problem = toProblem(error)
    c.var.facts.problem = problem.code
    if (error instanceof UpstreamError || problem.status >= 500) c.var.facts.failed(faultOf(error))
    if (problem.status >= 500)
      log[error instanceof UpstreamError ? 'warn' : 'error'](
        { err: error, code: problem.code, traceId: c.var.trace.traceId },
        'request failed',
      )
    const headers = problem.status === 401 && { 'WWW-Authenticate': problem.challenge ?? challenge(c) }
    return problemResponse(problem, c.var.trace.traceId, headers || {})
  }

/**
 * The challenge of a process that accepts access tokens. A token that identity refuses later, such as one that expired
 * within the leeway, counts as invalid.
 */
export function tokenChallenge(c: Context): string {
  const presented = credentialOf(c.req.header('authorization'))
  return challenge(presented && { scheme: presented.scheme, error: 'invalid_token' as const })
}

/** Hono's error handler only receives Errors: other thrown values are wrapped. */
export const errorsOnly: MiddlewareHandler = async (_, next) => {
  try {
    await next()
  } catch (thrown) {
    throw thrown instanceof Error
      ? thrown
      : new Error('a value that is not an Error was thrown', { cause: thrown })
  }
}

export const unknownRoute = <E extends EdgeEnv>(c: Context<E>): Response =>
  problemResponse(
    new ProblemError('NOT_FOUND', 'There is no such route. /docs lists all routes.'),
    c.var.trace.traceId,
  )

/** @param allowed the methods of the route, as in an `Allow` header */
export const methodNotAllowed =
  (allowed: string): Handler<EdgeEnv> =>
  (c) =>
    problemResponse(new ProblemError('METHOD_NOT_ALLOWED', `Allowed: ${allowed}.`), c.var.trace.traceId, {
      Allow: allowed,
    })
