import type { MiddlewareHandler } from 'hono'

const ONE_YEAR_S = 31_536_000

/** Of answers that are data: shown as a page they may do nothing. A page sets a policy of its own. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** What our pages never ask for, and therefore nothing in them may. */
const PERMISSIONS_POLICY = ['camera', 'display-capture', 'geolocation', 'microphone', 'payment', 'usb']
  .map((feature) => `${feature}=()`)
  .join(', ')

/**
 * The headers that keep a browser from doing with an answer what it is not for. No CORS header is ever among them:
 * no other origin may read anything here.
 * @param https whether consumers reach this process by https, through whatever is in front
 */
export const securityHeaders =
  ({ https }: { https: boolean }): MiddlewareHandler =>
  async (c, next) => {
    await next()
    const { headers } = c.res
    if (https) c.header('Strict-Transport-Security', `max-age=${ONE_YEAR_S}`)
    // It has no content, and what the consumer keeps has these (RFC 9110, 15.4.5): it would pay for them each time.
    if (c.res.status === 304) return
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Referrer-Policy', 'same-origin')
    c.header('Cross-Origin-Resource-Policy', 'same-origin')
    if (!headers.has('Content-Security-Policy')) c.header('Content-Security-Policy', DATA_POLICY)
    if (!headers.get('Content-Type')?.startsWith('text/html')) return
    c.header('Cross-Origin-Opener-Policy', 'same-origin')
    c.header('Permissions-Policy', PERMISSIONS_POLICY)
  }
