import { securityHeaders } from '@harbor/shared-edge/security-headers'
import { urlLimits } from '@harbor/shared-runtime/limits/url-limits'
import { Hono, type MiddlewareHandler } from 'hono'
import { apiReference } from './api-reference.ts'
import { type MinimumVersions, servedVersions } from './app-version.ts'
import { announceDeprecation } from './deprecation.ts'
import type { ClientLedger } from './ledger/ledger.ts'
import { answerProblem, errorsOnly, methodNotAllowed, unknownRoute } from './problem-answer.ts'
import { type RequestEnv, tracing } from './request.ts'
import { apiRoutes } from './routes.ts'
import type { Screen } from './screen.ts'
import { serveAction, type Writes } from './serve-action.ts'
import { type ScreenDependencies, serveScreen } from './serve-screen.ts'

export type { MobileApi, Problem } from './api-type.ts'

export type Dependencies = ScreenDependencies & {
  ledger: ClientLedger
  writes: Writes
  /** Rate limits; none in tests that are about something else. */
  limits?: readonly MiddlewareHandler[]
  /** Whether the app reaches this process by https. */
  https?: boolean
  /** The oldest versions of the app that are served, and where an older one is sent. */
  minimumVersions?: MinimumVersions | undefined
  updateUrl?: string | undefined
  screens?: readonly Screen[]
}

/** What may be asked of a route with such a method. */
const METHODS = { GET: 'GET, HEAD', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' } as const

/** The mobile API: every route on one page, and no I/O of its own. */
export function createApp({
  ledger,
  limits = [],
  https = false,
  minimumVersions,
  updateUrl,
  screens,
  writes,
  ...rest
}: Dependencies) {
  const { log } = rest
  const app = new Hono<RequestEnv>()
  app.use(securityHeaders({ https }), tracing(log), errorsOnly, ...limits, urlLimits())
  app.route('/', apiReference())
  for (const [path, routes] of Map.groupBy(apiRoutes(screens), ({ path }) => path)) {
    const pattern = path.replace(/\{(\w+)\}/g, ':$1')
    for (const route of routes)
      app.on(
        route.method,
        pattern,
        ledger.counting(route),
        announceDeprecation(route),
        servedVersions(minimumVersions, updateUrl),
        route.method === 'GET' ? serveScreen(route, rest) : serveAction(route, { ...rest, writes }),
      )
    app.all(pattern, methodNotAllowed(routes.map(({ method }) => METHODS[method]).join(', ')))
  }
  app.notFound(unknownRoute)
  app.onError(answerProblem(log))
  return app
}
