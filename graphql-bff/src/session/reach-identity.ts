import { UpstreamError } from '@harbor/shared-runtime/errors'

/** Connection errors: the request was not sent. */
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/**
 * The only way to call the identity service for log-in: its own origin and those of the settings, whatever its
 * metadata say, without redirects.
 * @throws {UpstreamError} `unavailable` when the request had no effect (no connection, 429, 5xx); `timeout` when that
 * is unknown; `rejected` for another origin
 */
export function reachIdentity(issuer: string, otherOrigins: readonly string[] = []) {
  const origins = new Set([new URL(issuer).origin, ...otherOrigins])
  return async (url: string | URL, init: RequestInit) => {
    const { origin } = new URL(url)
    if (!origins.has(origin))
      throw new UpstreamError(
        'identity',
        'rejected',
        `${origin} is neither the origin of the issuer ${issuer} nor in IDENTITY_ORIGINS`,
      )
    const answer = await fetch(url, { ...init, redirect: 'manual' }).catch((cause: unknown) => {
      const code = NOT_CONNECTED.has(codeOf(cause) ?? '') ? 'unavailable' : 'timeout'
      throw new UpstreamError('identity', code, 'it did not answer', { cause })
    })
    if (answer.status < 500 && answer.status !== 429) return answer
    await answer.body?.cancel()
    throw new UpstreamError('identity', 'unavailable', `status ${answer.status}`)
  }
}

/** The code of the cause of fetch's "fetch failed"; with several addresses, that of the last. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const cause = error.cause instanceof AggregateError ? error.cause.errors.at(-1) : error.cause
  return cause instanceof Error && 'code' in cause ? String(cause.code) : undefined
}

/** The UpstreamError under any wrapping errors of a library. */
export function unreachable(error: unknown): UpstreamError | undefined {
  if (error instanceof UpstreamError) return error
  return error instanceof Error ? unreachable(error.cause) : undefined
}
