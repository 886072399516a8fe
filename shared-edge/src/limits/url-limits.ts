import { ProblemError } from '@harbor/shared-runtime/problems'
import type { MiddlewareHandler } from 'hono'

/** RFC 9110, 4.1 asks servers for at least 8,000. */
const MAX_URL_CHARACTERS = 8_192
const MAX_QUERY_PARAMETERS = 50

/**
 * Refuses URLs that are too long or have too many parameters, before they are parsed.
 * @throws {ProblemError} `URL_TOO_LONG` or `INVALID_REQUEST`
 */
export const urlLimits = (): MiddlewareHandler => async (c, next) => {
  const { url } = c.req
  if (url.length > MAX_URL_CHARACTERS)
    throw new ProblemError('URL_TOO_LONG', `Allowed: ${MAX_URL_CHARACTERS} characters.`)
  const query = url.indexOf('?')
  if (query !== -1 && url.slice(query).split('&', MAX_QUERY_PARAMETERS + 1).length > MAX_QUERY_PARAMETERS)
    throw new ProblemError('INVALID_REQUEST', `Allowed: ${MAX_QUERY_PARAMETERS} parameters in the query.`)
  await next()
}
