import type { ShopWrites } from '@harbor/shared-checkout'
import type { Cdn } from '@harbor/shared-edge/caching/cdn'
import { httpEdge } from '@harbor/shared-edge/http/http-edge'
import type { Cache } from '@harbor/shared-runtime/cache'
import type { Log } from '@harbor/shared-runtime/log'
import { Hono, type MiddlewareHandler } from 'hono'
import { createGraphql, graphqlRoutes } from './graphql.ts'
import { requestGuard } from './http/request-guard.ts'
import type { Env, Route } from './http/route.ts'
import type { Page } from './page/files.ts'
import { pageRoutes } from './page/index.ts'
import type { PersistedOperations } from './persisted/operations.ts'
import { createUsage, type OperationUsage } from './persisted/usage.ts'
import { schema } from './schema/index.ts'
import { CHALLENGE } from './session/cookie.ts'
import type { SessionBoundary } from './session/index.ts'
import { createHub, type Hub } from './subscriptions/hub.ts'
import { createSubscriptions, type Subscriptions } from './subscriptions/index.ts'
import type { UpstreamSet } from './upstreams.ts'

export type Dependencies = {
  clients: UpstreamSet
  /** Tools of mutations. */
  writes: ShopWrites
  session: SessionBoundary
  /** Every document that is executed, unless `allowAdhoc`. */
  operations: PersistedOperations
  usage?: OperationUsage
  log: Log
  /** Rate limits; none in tests that are about something else. */
  limits?: readonly MiddlewareHandler[]
  /** Whether the dashboard reaches this process by https. */
  https?: boolean
  /** Whether documents outside the manifest, introspection and GraphiQL are answered. */
  allowAdhoc?: boolean
  /** Milliseconds within which an operation is to be answered. */
  budgetMs?: number
  /** Where domain events arrive, and the streams that they feed; in a test of something else nothing arrives. */
  hub?: Hub
  subscriptions?: Pick<Subscriptions, 'open'>
  /** Keeps the finished answers of public queries; without it each request builds its own. */
  cache?: Cache | undefined
  /** The cache in front of this process, which is purged on changes. */
  cdn?: Cdn | undefined
  /** The built dashboard; `undefined`: no page is served. */
  page?: Page | undefined
  /** The origin of the image service, from which the page loads its pictures. */
  imagesUrl?: string
}

/** The web BFF: every route on one page, and no I/O of its own. */
export function createApp({
  clients,
  writes,
  session,
  operations,
  usage = createUsage(operations),
  log,
  limits = [],
  https = false,
  allowAdhoc = false,
  budgetMs = 1_000,
  hub = createHub(),
  subscriptions = createSubscriptions({ schema, hub, clients, recall: session.recallViewer, budgetMs, log }),
  cache,
  cdn,
  page,
  imagesUrl = '',
}: Dependencies) {
  const { resolveViewer, origin } = session
  const graphql = createGraphql({
    clients,
    writes,
    resolveViewer,
    log,
    operations,
    usage,
    allowAdhoc,
    budgetMs,
    hub,
    subscriptions,
  })
  const routes: readonly Route[] = [
    ...(page ? pageRoutes(page, imagesUrl) : []),
    ...graphqlRoutes(graphql, { operations, usage, allowAdhoc, budgetMs, cache, cdn }),
    ...session.routes,
  ]
  const app = new Hono<Env>()

  httpEdge(app, { log, https, limits, challenge: () => CHALLENGE })
  app.use(requestGuard(routes, origin))
  for (const { methods, path, handle } of routes) app.on([...methods], path, handle)
  return app
}
