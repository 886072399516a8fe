import { UpstreamError } from '@harbor/shared-runtime/errors'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import { type ExecutionResult, GraphQLError } from 'graphql'

/** What the consumer is told of an error of an operation, and where it happened. */
export type Failure = {
  readonly problem: ProblemError
  readonly path: GraphQLError['path']
  /** For the log. */
  readonly cause: unknown
}

/** The problem behind an error of the GraphQL engine. */
export function failureOf(error: GraphQLError): Failure {
  const cause = origin(error)
  // The engine's own errors: before a path there is a request that is wrong, after it a resolver that is.
  const problem = cause instanceof GraphQLError && !error.path ? requestProblem(cause) : toProblem(cause)
  return { problem, path: error.path, cause }
}

/** An error as it leaves: a code of the table, the trace, and whether to try again; never an upstream's words. */
export const publicError = ({ problem, path }: Failure, traceId: string): GraphQLError =>
  new GraphQLError(problem.message, {
    ...(path && { path }),
    extensions: { code: problem.code, traceId, retryable: problem.retryable },
  })

/**
 * The optional parts that are `null` because an upstream failed, as dotted names without list positions.
 * What the viewer may not see is not degraded.
 */
export function degradedParts(data: ExecutionResult['data'], failures: readonly Failure[]): string[] {
  if (!data) return []
  const parts = failures
    .filter(({ problem }) => problem.code !== 'FORBIDDEN' && problem.code !== 'UNAUTHENTICATED')
    .map(({ path }) => nullPart(data, path ?? []))
  return [...new Set(parts)]
}

/** The name of the part that is missing: the failed field, or the nearest optional one around it. */
function nullPart(data: unknown, path: readonly (string | number)[]): string {
  const names: string[] = []
  let value = data
  for (const key of path) {
    if (typeof key === 'string') names.push(key)
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : null
    if (value === null) break
  }
  return names.join('.')
}

/** One line a cause: a failed batch is an error at each of its rows. */
export function logFailures(failures: readonly Failure[], traceId: string, log: Log): void {
  const logged = new Set<unknown>()
  for (const { problem, path, cause } of failures) {
    if (problem.status < 500 || logged.has(cause)) continue
    logged.add(cause)
    const level = cause instanceof UpstreamError ? 'warn' : 'error'
    log[level](
      { err: cause, code: problem.code, path: path?.join('.'), traceId },
      'part of an operation failed',
    )
  }
}

function origin(error: GraphQLError): unknown {
  let cause: unknown = error
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError
  return cause
}

/** A result as it leaves, in one piece or in several: its errors masked, what is missing named. */
export function publicResult(result: ExecutionResult, failures: readonly Failure[], traceId: string) {
  if (failures.length === 0) return result
  const degraded = degradedParts(result.data, failures)
  return {
    ...result,
    errors: failures.map((failure) => publicError(failure, traceId)),
    extensions: { ...result.extensions, ...(degraded.length > 0 && { degraded }) },
  }
}

const HINT = / ?Did you mean .*$/s

/** A document or request that the engine refuses; its words stay, without hints at the schema. */
function requestProblem(error: GraphQLError): ProblemError {
  const { http } = error.extensions
  const status = typeof http === 'object' && http !== null && 'status' in http ? http.status : 400
  if (status === 413) return new ProblemError('TOO_LARGE')
  if (status === 405) return new ProblemError('METHOD_NOT_ALLOWED', error.message)
  return new ProblemError('INVALID_REQUEST', error.message.replace(HINT, ''))
}
