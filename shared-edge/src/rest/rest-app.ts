import { Hono, type MiddlewareHandler } from 'hono'
import { httpEdge } from '../http/http-edge.ts'
import { methodNotAllowed, tokenChallenge } from '../http/problem-answer.ts'
import type { EdgeEnv } from '../http/tracing.ts'
import { staticAnswer } from '../static/static-answer.ts'
import { apiReference } from './api-reference.ts'
import { type MinimumVersions, type RestEnv, servedVersions } from './app-version.ts'
import { announceDeprecation } from './deprecation.ts'
import type { Kit } from './kit.ts'
import type { ClientLedger } from './ledger/ledger.ts'
import type { Route } from './routes.ts'
import { type ActionDependencies, serveAction } from './serve-action.ts'
import { type ScreenDependencies, serveScreen } from './serve-screen.ts'

/** Dependencies of a REST API: opened by the process, and declared by the BFF. */
export type RestDependencies<K extends Kit> = ScreenDependencies<K> &
  ActionDependencies<K> & {
    ledger: ClientLedger
    /** Rate limits; absent in tests about something else. */
    limits?: readonly MiddlewareHandler[]
    /** Notes answers that can be sent again before the framework (http/ready-answers.ts). */
    learn?: MiddlewareHandler<EdgeEnv> | undefined
    /** Whether the app reaches this process by https. */
    https?: boolean
    /** Minimum versions of the app, and where an older one is sent. */
    minimumVersions?: MinimumVersions | undefined
    updateUrl?: string | undefined
    /** The title of the API reference. */
    title: string
    /** The file of the OpenAPI document. */
    document: URL
    /** Every screen and action, by `routesOf`. */
    routes: readonly Route<K>[]
  }

/** The methods that a route with this method allows. */
const METHODS = { GET: 'GET, HEAD', POST: 'POST', PUT: 'PUT', PATCH: 'PATCH', DELETE: 'DELETE' } as const

/** A REST API over screens and actions: every step of a request on one page, without I/O of its own. */
export function createRestApp<K extends Kit>({
  ledger,
  limits = [],
  https = false,
  learn,
  minimumVersions,
  updateUrl,
  title,
  document,
  routes,
  ...rest
}: RestDependencies<K>) {
  const { log } = rest
  const app = new Hono<RestEnv>()
  httpEdge(app, { log, https, limits, learn, serverTiming: true, challenge: tokenChallenge })
  for (const [path, file] of Object.entries(apiReference({ title, document }))) {
    app.get(path, staticAnswer(file))
    app.all(path, methodNotAllowed(METHODS.GET))
  }
  for (const [path, alternatives] of Map.groupBy(routes, ({ path }) => path)) {
    const pattern = path.replace(/\{(\w+)\}/g, ':$1')
    for (const route of alternatives)
      app.on(
        route.method,
        pattern,
        ledger.counting(route),
        announceDeprecation(route),
        servedVersions(minimumVersions, updateUrl),
        route.method === 'GET' ? serveScreen(route, rest) : serveAction(route, rest),
      )
    app.all(pattern, methodNotAllowed(alternatives.map(({ method }) => METHODS[method]).join(', ')))
  }
  return app
}
