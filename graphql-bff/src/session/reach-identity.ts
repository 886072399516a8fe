import { UpstreamError } from '@harbor/shared-runtime/errors'

/** No connection was made: what was to be sent was not. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * The one way to the identity service for log-in: to its origin and nowhere else, whatever its metadata say,
 * and by no redirect.
 * @throws {UpstreamError} `unavailable` when nothing was done there (no connection, 429, 5xx); `timeout` when
 * nobody knows; `rejected` for another origin
 */
export const reachIdentity = (issuer: string) => async (url: string | URL, init: RequestInit) => {
  const { origin } = new URL(url)
  if (origin !== new URL(issuer).origin)
    throw new UpstreamError('identity', 'rejected', `${origin} is not the origin of the issuer ${issuer}`)
  const answer = await fetch(url, { ...init, redirect: 'manual' }).catch((cause: unknown) => {
    const code = NOT_CONNECTED.has(codeOf(cause) ?? '') ? 'unavailable' : 'timeout'
    throw new UpstreamError('identity', code, 'it did not answer', { cause })
  })
  if (answer.status < 500 && answer.status !== 429) return answer
  await answer.body?.cancel()
  throw new UpstreamError('identity', 'unavailable', `status ${answer.status}`)
}

/** The code of what is behind fetch's "fetch failed"; of several addresses tried, that of the last. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const cause = error.cause instanceof AggregateError ? error.cause.errors.at(-1) : error.cause
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}

/** What went wrong on the way there, under whatever a library has wrapped it in. */
export function unreachable(error: unknown): UpstreamError | undefined {
  if (error instanceof UpstreamError) return error
  return error instanceof Error ? unreachable(error.cause) : undefined
}
