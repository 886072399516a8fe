import type { Log } from '@harbor/shared-runtime/log'
import type { Seal } from '@harbor/shared-runtime/seal'
import type { Route } from '../http/route.ts'
import { backChannelRoutes } from './back-channel.ts'
import { createCookies } from './cookie.ts'
import { logInRoutes } from './log-in.ts'
import { logOutRoutes } from './log-out.ts'
import type { Oidc } from './oidc.ts'
import { createRecallViewer, type RecallViewer } from './recall-viewer.ts'
import { createRefresh } from './refresh.ts'
import { createResolveViewer, type ResolveViewer } from './resolve-viewer.ts'
import type { SessionLimits } from './session.ts'
import { sessionRoutes } from './session-route.ts'
import { createSessions, type Sessions } from './sessions.ts'
import type { SessionStore } from './store.ts'

type Options = {
  store: SessionStore
  seal: Seal
  limits: SessionLimits
  oidc: Oidc
  /** The public URL of this BFF: `https://shop.example`. */
  origin: () => string
  log: Log
}

/** Sessions and log-in: the rest of the BFF uses `resolveViewer` and serves the routes. */
export type SessionBoundary = {
  readonly origin: () => string
  readonly routes: readonly Route[]
  readonly resolveViewer: ResolveViewer
  readonly recallViewer: RecallViewer
  readonly sessions: Sessions
}

export function createSessionBoundary({ store, seal, limits, oidc, origin, log }: Options): SessionBoundary {
  const cookies = () => createCookies(origin().startsWith('https:'))
  const sessions = createSessions(store, seal, limits)
  const refresh = createRefresh({ sessions, store, oidc, log })
  return {
    origin,
    sessions,
    recallViewer: createRecallViewer({ sessions, refresh, log }),
    resolveViewer: createResolveViewer({ sessions, refresh, cookies, log }),
    routes: [
      ...sessionRoutes({ sessions, cookies }),
      ...logInRoutes({ sessions, oidc, seal, cookies, log }),
      ...logOutRoutes({ sessions, oidc, cookies, log }),
      ...backChannelRoutes({ sessions, store, oidc, log }),
    ],
  }
}
