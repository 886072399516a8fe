import type { Log } from '@harbor/shared-runtime/log'
import type { ProblemError } from '@harbor/shared-runtime/problems'
import type { ExecutionResult } from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import type { RequestState } from '../context.ts'
import { CHALLENGE } from '../session/cookie.ts'
import { publicParts } from './deferred-parts.ts'
import { type Failure, failureOf, logFailures, publicResult } from './problem-result.ts'

/**
 * The one place where errors become an answer: masked, each with code, trace and retryable; failed optional
 * parts named in `extensions.degraded`; an HTTP status other than 200 when there is no data at all.
 */
export const useProblems = (log: Log): Plugin<object, RequestState> => ({
  onResultProcess({ result, setResult, serverContext }) {
    const { traceId } = serverContext.trace
    if (isAsyncIterable(result)) return setResult(publicParts(result, traceId, log))
    if (Array.isArray(result)) return
    const failures = result.errors?.map(failureOf) ?? []
    logFailures(failures, traceId, log)
    setResult(withProblems(result, failures, traceId))
  },
})

function withProblems(result: ExecutionResult, failures: readonly Failure[], traceId: string) {
  const [first] = failures
  const shown = publicResult(result, failures, traceId)
  const http = result.data || !first ? { headers: NO_STORE } : httpOf(first.problem)
  return { ...shown, extensions: { ...shown.extensions, http } }
}

/** Until the fields say otherwise, nothing is kept; errors never are. */
const NO_STORE = { 'cache-control': 'no-store' }

const httpOf = ({ status, code, retryAfterS, headers }: ProblemError) => ({
  status,
  headers: {
    ...NO_STORE,
    ...headers,
    ...(code === 'UNAUTHENTICATED' && { 'www-authenticate': CHALLENGE }),
    ...(code === 'METHOD_NOT_ALLOWED' && { allow: 'GET, POST' }),
    ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
  },
})
