import { hash, timingSafeEqual } from 'node:crypto'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context, MiddlewareHandler } from 'hono'

/** RFC 6750, 3.1: a request with a token is told that it is the token; one without, that one is needed. */
const INVALID = 'Bearer error="invalid_token"'

/** Lets in who shows the token. Without one the routes are not there. */
export function requireToken(token: string | undefined, settingName: string): MiddlewareHandler {
  return async (c, next) => {
    if (token === undefined) throw new ProblemError('NOT_FOUND', `Not enabled: ${settingName} is not set.`)
    const given = /^bearer +(\S.*)$/i.exec(c.req.header('authorization') ?? '')?.[1]
    if (given === undefined) throw new ProblemError('UNAUTHENTICATED')
    if (!isSame(given, token)) throw new ProblemError('UNAUTHENTICATED', undefined, { challenge: INVALID })
    await next()
  }
}

/** Hashes are of one length: what is compared in constant time tells nothing of the token's. */
const isSame = (given: string, token: string): boolean =>
  timingSafeEqual(hash('sha256', given, 'buffer'), hash('sha256', token, 'buffer'))

/** The `WWW-Authenticate` of a request without a token. */
export const tokenOnly = (): string => 'Bearer'

/** Who asked, for the log. */
export const callerOf = (c: Context): string | undefined => getConnInfo(c).remote.address
