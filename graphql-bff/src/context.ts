import type { CheckoutClients, ShopWrites } from '@harbor/shared-checkout'
import type { CountAs } from '@harbor/shared-edge/limits/rate-limiting'
import { negotiateLocale } from '@harbor/shared-edge/negotiation/locale'
import type { Viewer } from '@harbor/shared-runtime/auth'
import type { Locale } from '@harbor/shared-runtime/locale'
import type { ProblemError } from '@harbor/shared-runtime/problems'
import { createRequestContext, type RequestContext } from '@harbor/shared-runtime/request-context'
import type { RequestFacts } from '@harbor/shared-runtime/telemetry/request'
import type { TraceContext } from '@harbor/shared-runtime/trace'
import { type CallCounts, countCalls } from './fan-out/count-calls.ts'
import { createLoaders, type Loaders } from './loaders/index.ts'
import type { Hub } from './subscriptions/hub.ts'
import type { RequestUpstreams, UpstreamSet } from './upstreams.ts'

/** What is known of an HTTP request before its operation is. */
export type RequestState = {
  readonly trace: TraceContext
  /** What log, metrics and traces are told of it. */
  readonly facts?: RequestFacts | undefined
  readonly countAs?: CountAs | undefined
  /** When the request arrived, as an instant of `performance.now()`. */
  readonly arrivedAt?: number | undefined
  /** Collects the tags of the rows that are loaded; none where the answer is not kept. */
  readonly tags?: Set<string> | undefined
  /** Set by plugins/use-viewer.ts; stays unset for an anonymous request. */
  viewer?: Viewer | undefined
  /** The key of the viewer's session in the store. */
  session?: string | undefined
  /** Under which an address is counted, where requests are limited. */
  readonly addressKey?: string | undefined
  /** Why there is no viewer, where there is none. */
  noViewer?: ProblemError | undefined
}

/** What resolvers work with. One an operation; never kept. */
export type Context = {
  readonly viewer: Viewer | undefined
  /** Why there is none: nobody is logged in, or it cannot be known just now. */
  readonly noViewer: ProblemError | undefined
  readonly locale: Locale
  readonly upstreams: RequestUpstreams
  readonly loaders: Loaders
  /** The upstream calls that it has made so far. */
  readonly calls: CallCounts
  /** Tools of mutations; none where nothing is written. */
  readonly writes: ShopWrites | undefined
  /** Clients of a saga, which repeats its steps until they are decided: `calls` does not count them. */
  readonly sagaClients: CheckoutClients
  /** Deadline, cancellation and trace of this operation's upstream calls. */
  readonly requestContext: RequestContext
  /** Signals of changes, for subscriptions. */
  readonly changes: Hub['changes']
}

type Options = {
  request: Pick<Request, 'headers' | 'signal'>
  state: RequestState
  clients: UpstreamSet
  writes?: ShopWrites | undefined
  /** Milliseconds within which the consumer is to have its answer. */
  budgetMs: number
  changes: Hub['changes']
  /** Whether its reads wait for no call that is under way already. */
  alone?: boolean
  /** Of a write, in place of `budgetMs`. What has begun is finished, whether or not the consumer stays. */
  writeBudgetMs?: number | undefined
}

/** Makes everything that lives as long as one operation. */
export function createContext({
  request,
  state,
  clients,
  writes,
  budgetMs,
  changes,
  alone,
  writeBudgetMs,
}: Options): Context {
  const requestContext = createRequestContext({
    budgetMs: writeBudgetMs ?? budgetMs,
    arrivedAt: state.arrivedAt,
    trace: state.trace,
    viewer: state.viewer,
    consumer: writeBudgetMs === undefined ? request.signal : undefined,
    ...(alone !== undefined && { alone }),
  })
  const calls: CallCounts = new Map()
  const sagaClients = clients.forRequest(requestContext)
  const upstreams = countCalls(sagaClients, calls)
  return {
    viewer: state.viewer,
    noViewer: state.noViewer,
    locale: negotiateLocale(request.headers.get('accept-language')),
    upstreams,
    loaders: createLoaders(upstreams, state.tags),
    calls,
    writes,
    sagaClients,
    requestContext,
    changes,
  }
}
