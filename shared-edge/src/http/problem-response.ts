import { type ProblemError, problemBody } from '@harbor/shared-runtime/problems'

/** A problem as an HTTP answer (RFC 9457): never stored by a cache, and with `Retry-After` where that helps. */
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
      ...(problem.challenge !== undefined && { 'WWW-Authenticate': problem.challenge }),
      ...(problem.retryAfterS !== undefined && { 'Retry-After': String(problem.retryAfterS) }),
      ...problem.headers,
      ...headers,
    },
  })
}
