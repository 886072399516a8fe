import type { Hono } from 'hono'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * What is wrong with the security headers of an answer, one line each; `https` as the app was told.
 * An empty list is right.
 */
export function faultsOf({ status, headers }: Response, https: boolean): string[] {
  const isPage = headers.get('content-type')?.startsWith('text/html') ?? false
  // A 304 is about content that the consumer keeps, with the headers that it came with.
  const hasContent = status !== 304
  const policy = headers.get('content-security-policy') ?? ''
  const faults: Record<string, boolean> = {
    'a CORS header': [...headers.keys()].some((name) => name.startsWith('access-control-')),
    'no nosniff': hasContent && headers.get('x-content-type-options') !== 'nosniff',
    'no Referrer-Policy': hasContent && headers.get('referrer-policy') !== 'same-origin',
    'no Cross-Origin-Resource-Policy':
      hasContent && headers.get('cross-origin-resource-policy') !== 'same-origin',
    'HSTS where it does not belong, or none': headers.has('strict-transport-security') !== https,
    'a policy that may be framed': hasContent && !policy.includes("frame-ancestors 'none'"),
    'a policy for inline code': /unsafe-(inline|eval)/.test(policy),
    'data under the policy of a page': !isPage && status >= 400 && !policy.startsWith("default-src 'none'"),
    'a page that is not on its own': isPage && !headers.has('cross-origin-opener-policy'),
    'a page without a Permissions-Policy': isPage && !headers.has('permissions-policy'),
    'an error that may be kept': status >= 400 && headers.get('cache-control') !== 'no-store',
  }
  return Object.keys(faults).filter((fault) => faults[fault])
}

/** Every method on every route of an app, as requests, and as a browser of another origin would send them. */
export function everyRequest(app: Pick<Hono, 'routes'>, fill: (parameter: string) => string) {
  const paths = new Set(app.routes.map(({ path }) => path.replace(/:(\w+)/g, (_, name) => fill(name))))
  return [...paths].flatMap((path) =>
    METHODS.map((method) => ({
      path: path.replaceAll('*', 'nothing'),
      method,
      headers: {
        origin: 'https://evil.example',
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization',
      },
    })),
  )
}
