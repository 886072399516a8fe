import type { ShopWrites } from '@harbor/shared-checkout'
import type { Cdn } from '@harbor/shared-edge/caching/cdn'
import { STATIC_METHODS, staticAnswer } from '@harbor/shared-edge/static'
import { MUST_REVALIDATE } from '@harbor/shared-edge/static/file'
import { arrivalOf } from '@harbor/shared-runtime/arrival'
import type { Cache } from '@harbor/shared-runtime/cache'
import type { Log } from '@harbor/shared-runtime/log'
import { createYoga } from 'graphql-yoga'
import type { RequestState } from './context.ts'
import { acceptable } from './http/acceptable.ts'
import type { Route } from './http/route.ts'
import type { PersistedOperations } from './persisted/operations.ts'
import type { OperationUsage } from './persisted/usage.ts'
import { useContext } from './plugins/use-context.ts'
import { useCost } from './plugins/use-cost.ts'
import { useDefer } from './plugins/use-defer.ts'
import { useDocumentLimits } from './plugins/use-document-limits.ts'
import { useFacts } from './plugins/use-facts.ts'
import { useFanOut } from './plugins/use-fan-out.ts'
import { useGraphiqlPolicy } from './plugins/use-graphiql-policy.ts'
import { useHttpRules } from './plugins/use-http-rules.ts'
import { useJit } from './plugins/use-jit.ts'
import { usePersistedDocuments } from './plugins/use-persisted-documents.ts'
import { useProblems } from './plugins/use-problems.ts'
import { useSubscriptions } from './plugins/use-subscriptions.ts'
import { useViewer } from './plugins/use-viewer.ts'
import { publicGet } from './public-get/index.ts'
import { schema } from './schema/index.ts'
import type { ResolveViewer } from './session/resolve-viewer.ts'
import type { Hub } from './subscriptions/hub.ts'
import type { Subscriptions } from './subscriptions/index.ts'
import type { UpstreamSet } from './upstreams.ts'

type Options = {
  clients: UpstreamSet
  writes: ShopWrites
  resolveViewer: ResolveViewer
  log: Log
  operations: PersistedOperations
  usage: OperationUsage
  allowAdhoc: boolean
  budgetMs: number
  hub: Hub
  subscriptions: Pick<Subscriptions, 'open'>
}

/** What keeps answers: this process, and the cache in front of it. */
type Kept = { cache?: Cache | undefined; cdn?: Cdn | undefined }

/** The GraphQL endpoint: its plugins in the order of the life of a request. */
export const createGraphql = ({
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
}: Options) =>
  createYoga<RequestState>({
    schema,
    plugins: [
      useHttpRules(),
      useViewer(resolveViewer, budgetMs),
      usePersistedDocuments({ operations, usage, allowAdhoc }),
      ...(allowAdhoc ? [useDocumentLimits(), useGraphiqlPolicy()] : []),
      useCost(),
      useFanOut({ operations, usage, log }),
      useJit(operations),
      useDefer(),
      useContext({ clients, writes, budgetMs, changes: hub.changes }),
      useSubscriptions(subscriptions),
      useFacts({ operations, budgetMs }),
      useProblems(log),
    ],
    maxRequestBodySize: false, // use-http-rules.ts
    maskedErrors: false, // use-problems.ts masks, and knows the trace
    parserAndValidationCache: allowAdhoc,
    graphiql: allowAdhoc && { endpoint: '/graphql', headers: JSON.stringify({ 'x-csrf': '1' }) },
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: yogaLog(log),
  })

/** Where the endpoint is served, and what helps to call it. */
export const graphqlRoutes = (
  graphql: ReturnType<typeof createGraphql>,
  { cache, cdn, ...options }: Pick<Options, 'operations' | 'usage' | 'allowAdhoc' | 'budgetMs'> & Kept,
): readonly Route[] => [
  {
    path: '/graphql',
    methods: ['GET', 'POST'],
    kind: 'api',
    handle: (c) =>
      graphql.fetch(acceptable(c.req.raw), {
        trace: c.var.trace,
        facts: c.var.facts,
        countAs: c.var.countAs,
        addressKey: c.var.addressKey,
        arrivedAt: arrivalOf(c.env?.incoming),
      }),
  },
  publicGet({ schema, execute: (request, state) => graphql.fetch(request, state), ...options, cache, cdn }),
  {
    path: '/operations.json',
    methods: STATIC_METHODS,
    kind: 'asset',
    handle: staticAnswer({
      type: 'application/json',
      read: () => JSON.stringify(options.operations.newest),
      cacheControl: MUST_REVALIDATE,
    }),
  },
  ...(options.allowAdhoc ? [graphiql(graphql)] : []),
]

/** The page alone, asked for without the user's cookies. */
const graphiql = (graphql: ReturnType<typeof createGraphql>): Route => ({
  path: '/graphiql',
  methods: ['GET'],
  kind: 'navigation',
  handle: (c) =>
    graphql.fetch(new Request(new URL('/graphql', c.req.url), { headers: { accept: 'text/html' } }), {
      trace: c.var.trace,
    }),
})

/** Yoga's own words are of interest to who works on this process only. */
const yogaLog = (log: Log) => {
  const write = (...words: unknown[]) => log.debug({ yoga: words }, 'yoga')
  return { debug: () => {}, info: write, warn: write, error: write }
}
