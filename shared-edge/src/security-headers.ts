import type { MiddlewareHandler } from 'hono'

const ONE_YEAR_S = 31_536_000

/** For data: rendered as a page it can do nothing. A page sets its own policy. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Features that our pages never use, and that are therefore disabled. */
const PERMISSIONS_POLICY = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ')

/**
 * Headers that restrict what a browser does with an answer. CORS headers are never sent: other origins must not read
 * answers.
 * @param https whether consumers reach this process by https, through any proxy
 */
export const securityHeaders =
  ({ https }: { https: boolean }): MiddlewareHandler =>
  async (c, next) => {
    await next()
    // Not c.header, which would turn a ready body into a stream.
    const { headers } = c.res
    if (https) headers.set('Strict-Transport-Security', `max-age=${ONE_YEAR_S}`)
    // A 304 has no content, and the stored answer has these headers (RFC 9110, 15.4.5): sending them again only costs
    // bytes.
    if (c.res.status === 304) return
    headers.set('X-Content-Type-Options', 'nosniff')
    headers.set('Referrer-Policy', 'same-origin')
    headers.set('Cross-Origin-Resource-Policy', 'same-origin')
    if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', DATA_POLICY)
    if (!headers.get('Content-Type')?.startsWith('text/html')) return
    headers.set('Cross-Origin-Opener-Policy', 'same-origin')
    headers.set('Permissions-Policy', PERMISSIONS_POLICY)
  }
