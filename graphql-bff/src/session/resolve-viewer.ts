import { byDeadline } from '@harbor/shared-runtime/arrival'
import type { Viewer } from '@harbor/shared-runtime/auth'
import type { Log } from '@harbor/shared-runtime/log'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import type { Cookies } from './cookie.ts'
import type { Refresh } from './refresh.ts'
import { viewerOf } from './session.ts'
import type { Sessions } from './sessions.ts'

/**
 * The viewer behind a request, and the key of the session in the store (not its id). Without a viewer, the reason: not
 * logged in, or temporarily unknown.
 */
export type Asking =
  | { readonly viewer: Viewer; readonly sessionKey: string; readonly noViewer?: undefined }
  | { readonly viewer?: undefined; readonly sessionKey?: undefined; readonly noViewer: ProblemError }

/**
 * Never throws: public data is served to anybody. Settles at the deadline, an instant of `performance.now()`, at the
 * latest: a session whose token must be refreshed first waits for identity.
 */
export type ResolveViewer = (cookieHeader: string | null, deadline: number) => Promise<Asking>

type Options = { sessions: Sessions; refresh: Refresh; cookies: () => Cookies; log: Log }

/** Resolves the viewer by the session cookie only. */
export const createResolveViewer =
  ({ sessions, refresh, cookies, log }: Options): ResolveViewer =>
  async (cookieHeader, deadline) => {
    const id = cookies().session.read(cookieHeader)
    if (id === undefined) return { noViewer: new ProblemError('UNAUTHENTICATED') }
    try {
      const found = await byDeadline(sessions.use(id), deadline, 'session store')
      const session = found && (await byDeadline(refresh(found), deadline, 'identity'))
      if (!found || !session) return { noViewer: new ProblemError('UNAUTHENTICATED') }
      return { viewer: viewerOf(session), sessionKey: found.key }
    } catch (error) {
      const problem = toProblem(error)
      log[problem.retryable ? 'warn' : 'error']({ err: error }, 'session lookup failed')
      return { noViewer: problem }
    }
  }
