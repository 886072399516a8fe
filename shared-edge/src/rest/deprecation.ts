import type { MiddlewareHandler } from 'hono'

/** A route that goes away: days as YYYY-MM-DD, from their first instant in UTC. */
export type Deprecated = {
  /** Since when new apps should not use it. */
  since: string
  /** Until when it is there. */
  sunset: string
  /** The path of what takes its place. */
  successor: string
}

/** Where people read about it. */
const DOCS = '/docs'

/**
 * What each answer of a route that goes away says of it: `Deprecation` (RFC 9745), `Sunset` (RFC 8594), and
 * links to the reason and to its successor.
 */
const deprecationHeaders = ({ since, sunset, successor }: Deprecated): Record<string, string> => ({
  Deprecation: `@${Date.parse(since) / 1000}`,
  Sunset: new Date(sunset).toUTCString(),
  Link: `<${successor}>; rel="successor-version", <${DOCS}>; rel="deprecation"; type="text/html"`,
})

/** Puts them on every answer, a 304 and a problem too. */
export const announceDeprecation = ({ deprecated }: { deprecated?: Deprecated }): MiddlewareHandler => {
  const headers = Object.entries(deprecated ? deprecationHeaders(deprecated) : {})
  return async (c, next) => {
    await next()
    for (const [name, value] of headers) c.header(name, value)
  }
}
