/** Lifetimes of a public answer, in seconds (RFC 9111, RFC 5861). */
export type PublicLifetime = {
  maxAge: number
  /** In shared caches (a CDN). */
  sharedMaxAge: number
  staleWhileRevalidate?: number
  staleIfError?: number
}

export type PublicPolicy = { scope: 'public' } & PublicLifetime

/** Cache lifetimes of an answer, in seconds. */
export type CachePolicy = PublicPolicy | { scope: 'private'; maxAge: number } | { scope: 'no-store' }

type Answer = {
  degraded: boolean
  /** Whether shared caches may store it, if the policy allows that (`Representation.forAll`). */
  forAll: boolean
}

/** The `Cache-Control` of an answer under a policy; a degraded answer is never cached. */
export function cacheControl(policy: CachePolicy, { degraded, forAll }: Answer): string {
  if (degraded || policy.scope === 'no-store') return 'no-store'
  if (policy.scope === 'private') return `private, max-age=${policy.maxAge}`
  const { maxAge, sharedMaxAge, staleWhileRevalidate, staleIfError } = policy
  return [
    forAll ? 'public' : 'private',
    `max-age=${maxAge}`,
    forAll && `s-maxage=${sharedMaxAge}`,
    staleWhileRevalidate !== undefined && `stale-while-revalidate=${staleWhileRevalidate}`,
    staleIfError !== undefined && `stale-if-error=${staleIfError}`,
  ]
    .filter(Boolean)
    .join(', ')
}
