import type { Context } from 'hono'
import type { Env, Route } from '../http/route.ts'
import type { Cookies } from './cookie.ts'
import type { Sessions } from './sessions.ts'

/**
 * `GET /session`: the logged-in user and the expiry: `{user: {name, roles}, idleExpiresAt, expiresAt}`, or `{user:
 * null}`. This request does not prolong the session: a page that polls it every minute does not keep its user logged
 * in.
 */
export const sessionRoutes = ({
  sessions,
  cookies,
}: {
  sessions: Sessions
  cookies: () => Cookies
}): readonly Route[] => {
  async function handle(c: Context<Env>): Promise<Response> {
    c.header('cache-control', 'no-store')
    const id = cookies().session.read(c.req.header('cookie'))
    const found = id === undefined ? undefined : await sessions.look(id)
    if (!found) {
      if (id !== undefined) c.header('set-cookie', cookies().session.clear())
      return c.json({ user: null })
    }
    const { user, expiresAt } = found.session
    return c.json({
      user: { name: user.name ?? null, roles: user.roles },
      idleExpiresAt: new Date(found.idleExpiresAt).toISOString(),
      expiresAt: new Date(expiresAt).toISOString(),
    })
  }
  return [{ path: '/session', methods: ['GET'], kind: 'api', handle }]
}
