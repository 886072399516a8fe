import { atMost } from '@harbor/shared-edge/limits/at-most'
import { arrivalOf, byDeadline } from '@harbor/shared-runtime/arrival'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Context } from 'hono'
import type { Env, Route } from '../http/route.ts'
import type { Cookies } from './cookie.ts'
import { ENDING_PATHS } from './ending-paths.ts'
import type { Oidc } from './oidc.ts'
import type { Session } from './session.ts'
import { keyOf, type Sessions, userGroup } from './sessions.ts'

/** Milliseconds from the arrival of a request in which the user is logged out. */
const BUDGET_MS = 2_000

type Options = {
  sessions: Sessions
  oidc: Pick<Oidc, 'revoke' | 'endSessionUrl'>
  cookies: () => Cookies
  log: Log
}

const MAX_AT_A_TIME = 32

/**
 * Logs out here, and returns where to log out at the identity service: `{endSessionUrl}`, `null` when that is
 * currently unknown. The session here has ended unless the answer is a problem.
 */
export function logOutRoutes({ sessions, oidc, cookies, log }: Options): readonly Route[] {
  // Bounded concurrency instead of a rate limit, since each calls the session store and the identity service.
  const inTurn = atMost(MAX_AT_A_TIME)

  return [
    { path: ENDING_PATHS.logOut, methods: ['POST'], kind: 'api', handle: (c) => inTurn(() => logOut(c)) },
    {
      path: ENDING_PATHS.logOutEverywhere,
      methods: ['POST'],
      kind: 'api',
      handle: (c) => inTurn(() => logOutEverywhere(c)),
    },
  ]

  async function logOut(c: Context<Env>): Promise<Response> {
    const id = cookies().session.read(c.req.header('cookie'))
    const found = id === undefined ? undefined : await sessions.look(id)
    if (id !== undefined) await sessions.end(keyOf(id))
    return loggedOut(c, found?.session, found ? [found.session] : [])
  }

  async function logOutEverywhere(c: Context<Env>): Promise<Response> {
    const id = cookies().session.read(c.req.header('cookie'))
    const found = id === undefined ? undefined : await sessions.look(id)
    if (!found) throw new ProblemError('UNAUTHENTICATED')
    const others = await sessions.endAll(userGroup(found.session.user.id))
    return loggedOut(c, found.session, others)
  }

  async function loggedOut(
    c: Context<Env>,
    own: Session | undefined,
    ended: readonly Session[],
  ): Promise<Response> {
    const toldIdentity = Promise.all([
      oidc.endSessionUrl(own?.tokens.id).catch(() => undefined),
      ...ended.map((session) => revoke(session, c.var.trace.traceId)),
    ])
    // The sessions here have ended: a hanging identity service does not delay the user.
    const deadline = arrivalOf(c.env?.incoming) + BUDGET_MS
    const [endSessionUrl] = await byDeadline(toldIdentity, deadline, 'identity').catch(() => [])
    log.info({ sessions: ended.length, traceId: c.var.trace.traceId }, 'logged out')
    c.header('set-cookie', cookies().session.clear())
    c.header('cache-control', 'no-store')
    return c.json({ endSessionUrl: endSessionUrl ?? null })
  }

  /** Best effort: no client holds the token any more. */
  async function revoke({ tokens }: Session, traceId: string): Promise<void> {
    if (tokens.refresh === undefined) return
    await oidc
      .revoke(tokens.refresh)
      .catch((error: unknown) => log.warn({ err: error, traceId }, 'refresh token not revoked'))
  }
}
