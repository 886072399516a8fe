import { type ProblemError, problemBody } from './problems.ts'

/** A problem as an HTTP answer (RFC 9457): never kept by a cache, and with a hint where one helps. */
export function problemResponse(
  problem: ProblemError,
  traceId: string,
  headers: Record<string, string> = {},
): Response {
  return new Response(JSON.stringify(problemBody(problem, traceId)), {
    status: problem.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      ...(problem.code === 'UNAUTHENTICATED' && { 'WWW-Authenticate': 'Bearer' }),
      ...(problem.challenge !== undefined && { 'WWW-Authenticate': problem.challenge }),
      ...(problem.retryAfterS !== undefined && { 'Retry-After': String(problem.retryAfterS) }),
      ...problem.headers,
      ...headers,
    },
  })
}
