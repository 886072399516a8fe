import type { TokenVerifier } from '@harbor/shared-runtime/auth'
import type { Log } from '@harbor/shared-runtime/log'
import { problemResponse } from '@harbor/shared-runtime/problem-response'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { Hono } from 'hono'
import type { RequestState } from './context.ts'
import { createGraphql } from './graphql.ts'
import { hashesByName, loadOperations, type PersistedOperations } from './operations.ts'
import { type Page, serveFile } from './page.ts'
import { schema } from './schema/index.ts'
import type { UpstreamSet } from './upstreams.ts'

export type Dependencies = {
  clients: UpstreamSet
  verify: TokenVerifier
  log: Log
  /** Whether documents outside the manifest, introspection and GraphiQL are answered. */
  allowAdhoc?: boolean
  operations?: PersistedOperations
  /** Milliseconds within which an operation is to be answered. */
  budgetMs?: number
  /** The files of the dashboard, by path; none: no page is served. */
  page?: Page
}

type Env = { Variables: RequestState }

/** The web BFF: every route on one page, and no I/O of its own. */
export function createApp({
  clients,
  verify,
  log,
  allowAdhoc = false,
  operations = loadOperations(schema),
  budgetMs = 1_000,
  page = new Map(),
}: Dependencies) {
  const graphql = createGraphql({ clients, verify, log, operations, allowAdhoc, budgetMs })
  const app = new Hono<Env>()

  app.use(async (c, next) => {
    c.set('trace', continueTrace(c.req.header('traceparent')))
    await next()
    c.header('x-trace-id', c.var.trace.traceId)
  })
  app.all('/graphql', (c) => graphql.fetch(c.req.raw, { trace: c.var.trace }))
  app.get('/operations.json', (c) => c.json(hashesByName(operations)))
  for (const [path, file] of page) app.get(path, (c) => serveFile(c, file))

  app.notFound((c) => problemResponse(new ProblemError('NOT_FOUND'), c.var.trace.traceId))
  app.onError((error, c) => {
    log.error({ err: error, traceId: c.var.trace.traceId }, 'request failed')
    return problemResponse(toProblem(error), c.var.trace.traceId)
  })
  return app
}
