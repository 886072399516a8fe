import { atMost } from '@harbor/shared-edge/limits/at-most'
import { arrivalOf, byDeadline } from '@harbor/shared-runtime/arrival'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Context } from 'hono'
import type { Env, Route } from '../route.ts'
import type { Cookies } from './cookie.ts'
import { ENDING_PATHS } from './ending-paths.ts'
import type { Oidc } from './oidc.ts'
import type { Session } from './session.ts'
import { keyOf, type Sessions, userGroup } from './sessions.ts'

/** Milliseconds from the arrival of a request within which the user is logged out. */
const BUDGET_MS = 2_000

type Options = {
  sessions: Sessions
  oidc: Pick<Oidc, 'revoke' | 'endSessionUrl'>
  cookies: () => Cookies
  log: Log
}

const MAX_AT_A_TIME = 32

/**
 * Logging out here, and where to go to log out at the identity service, too: `{endSessionUrl}`, `null` when
 * that cannot be had now. The session here has ended in any case, or else the answer is a problem.
 */
export function logOutRoutes({ sessions, oidc, cookies, log }: Options): readonly Route[] {
  // Each asks the session store and the identity service, and is not limited by its rate.
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
    // The sessions have ended here: an identity service that hangs does not hold the user up.
    const deadline = arrivalOf(c.env?.incoming) + BUDGET_MS
    const [endSessionUrl] = await byDeadline(toldIdentity, deadline, 'identity').catch(() => [])
    log.info({ sessions: ended.length, traceId: c.var.trace.traceId }, 'logged out')
    c.header('set-cookie', cookies().session.clear())
    c.header('cache-control', 'no-store')
    return c.json({ endSessionUrl: endSessionUrl ?? null })
  }

  /** Best effort: nobody has the token any more. */
  async function revoke({ tokens }: Session, traceId: string): Promise<void> {
    if (tokens.refresh === undefined) return
    await oidc
      .revoke(tokens.refresh)
      .catch((error: unknown) => log.warn({ err: error, traceId }, 'a refresh token was not revoked'))
  }
}
