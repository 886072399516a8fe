import type { MiddlewareHandler } from 'hono'

/** A route that will be removed: days as YYYY-MM-DD, from their first instant in UTC. */
export type Deprecated = {
  /** Since when new apps should not use it. */
  since: string
  /** The day of its removal. */
  sunset: string
  /** The path of its successor. */
  successor: string
}

/** The documentation of deprecations. */
const DOCS = '/docs'

/**
 * Headers on each answer of a deprecated route: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and links to the reason
 * and to its successor.
 */
const deprecationHeaders = ({ since, sunset, successor }: Deprecated): Record<string, string> => ({
  Deprecation: `@${Date.parse(since) / 1000}`,
  Sunset: new Date(sunset).toUTCString(),
  Link: `<${successor}>; rel="successor-version", <${DOCS}>; rel="deprecation"; type="text/html"`,
})

/** Adds them to every answer, including 304s and problems. */
export const announceDeprecation = ({ deprecated }: { deprecated?: Deprecated }): MiddlewareHandler => {
  const headers = Object.entries(deprecated ? deprecationHeaders(deprecated) : {})
  return async (c, next) => {
    await next()
    for (const [name, value] of headers) c.res.headers.set(name, value)
  }
}
