import type { IncomingMessage, ServerResponse } from 'node:http'
import { arrivalOf } from '@harbor/shared-runtime/arrival'
import type { First } from '@harbor/shared-runtime/http-server'
import { RequestFacts, requestEvents } from '@harbor/shared-runtime/telemetry/request'
import { continueTrace } from '@harbor/shared-runtime/trace'
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { LRUCache } from 'lru-cache'
import type { Again } from '../caching/kept-answers.ts'
import {
  type AddressCounter,
  type Counted,
  isExceeded,
  limitHeader,
  noteCounted,
  policyHeader,
} from '../limits/rate-limiting.ts'
import { type EdgeEnv, type EdgeLog, requestLine } from './tracing.ts'

/** What a route says of a hit from memory: enough to send it once more without the route. */
export type Repeatable = {
  readonly body: Uint8Array
  readonly again: Again
}

declare module 'hono' {
  interface ContextVariableMap {
    repeatable: Repeatable | undefined
    /** Run for each request of the route, whoever answers it. */
    onRepeat: (() => void) | undefined
  }
}

type Ready = Repeatable & {
  readonly status: number
  /** Names and values in turn: those that are the same each time. */
  readonly headers: readonly string[]
  readonly limited: boolean
  readonly route: string
  readonly facts: Pick<RequestFacts, 'kind' | 'name' | 'budgetMs' | 'consumer'>
  readonly count: (() => void) | undefined
}

/** Request headers that choose among the answers of a URL. */
const CHOOSING = ['accept', 'accept-encoding', 'accept-language', 'if-none-match', 'app-version'] as const
/** Request headers that change nothing in a public answer. A request with any other header goes to the framework. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  ...[
    'host',
    'connection',
    'user-agent',
    'traceparent',
    'tracestate',
    'x-forwarded-for',
    'x-forwarded-proto',
  ],
  ...[
    'x-forwarded-host',
    'x-real-ip',
    'forwarded',
    'via',
    'cache-control',
    'pragma',
    'referer',
    'dnt',
    'priority',
  ],
  ...[
    'sec-fetch-dest',
    'sec-fetch-mode',
    'sec-fetch-site',
    'sec-ch-ua',
    'sec-ch-ua-mobile',
    'sec-ch-ua-platform',
  ],
])
const KNOWN: ReadonlySet<string> = new Set([...CHOOSING, ...WITHOUT_EFFECT])
/** Response headers that are made for each request. */
const VOLATILE: ReadonlySet<string> = new Set([
  ...['x-trace-id', 'server-timing', 'age', 'cache-status', 'ratelimit', 'ratelimit-policy'],
])
const MAX_READY = 2_000
const MAX_READY_BYTES = 32 * 1024 * 1024
const MAX_KEY_CHARACTERS = 512

type Options = {
  log: EdgeLog
  /** Counts requests as the framework's limits do; absent where nothing is limited. */
  addresses?: AddressCounter | undefined
}

/**
 * Sends hits from memory before the framework sees the request: one look-up by URL and headers, then head and body at
 * once. Everything that the framework would do for the request is done here too: trace, rate limit, request log,
 * metrics, usage of the route. What is not the very same request again goes to the framework.
 */
export function readyAnswers({ log, addresses }: Options) {
  const ready = new LRUCache<string, Ready>({
    max: MAX_READY,
    maxSize: MAX_READY_BYTES,
    sizeCalculation: ({ body }, key) => body.byteLength + key.length,
  })

  /** Notes answers that can be sent again. To be used before every other middleware, since it needs their headers. */
  const learn: MiddlewareHandler<EdgeEnv> = async (c, next) => {
    await next()
    const repeatable = c.get('repeatable')
    const key = repeatable && c.env?.incoming && keyOf(c.env.incoming)
    if (!repeatable || key === undefined) return
    const { status, headers } = c.res
    const { kind, name, budgetMs, consumer } = c.get('facts')
    ready.set(key, {
      ...repeatable,
      status,
      headers: [...headers].filter(([name]) => !VOLATILE.has(name)).flat(),
      limited: headers.has('ratelimit'),
      route: routePath(c, -1),
      facts: { kind, name, budgetMs, consumer },
      count: c.get('onRepeat'),
    })
  }

  const first: First = (request, response, otherwise) => {
    const key = keyOf(request)
    const known = key === undefined ? undefined : ready.get(key)
    if (!known) return otherwise()
    const facts = new RequestFacts(continueTrace(header(request, 'traceparent')), 'GET', arrivalOf(request))
    if (performance.now() >= facts.arrivedAt + (known.facts.budgetMs ?? 0)) return otherwise()
    const counts = addresses?.count(request, pathOf(request)) ?? []
    if (counts instanceof Promise) counts.then((counted) => send(counted), otherwise)
    else send(counts)

    function send(counted: readonly Counted[]): void {
      const headers = counted.some(isExceeded) ? undefined : known?.again(facts.trace)
      if (known && headers) {
        repeat(response, known, facts, { ...headers }, counted)
        return
      }
      noteCounted(request, counted)
      otherwise()
    }
  }

  function repeat(
    response: ServerResponse,
    { status, headers, limited, body, route, facts: same, count }: Ready,
    facts: RequestFacts,
    caching: Record<string, string>,
    counted: readonly Counted[],
  ): void {
    if (response.destroyed) return
    facts.is(same.kind, same.name, same.budgetMs)
    facts.consumer = same.consumer
    if (requestEvents.started.hasSubscribers) requestEvents.started.publish(facts)
    facts.status = status
    facts.cache = caching['Cache-Status']?.replace(/^harbor; /, '')
    if (status === 200) facts.bytesOut = body.byteLength
    facts.ms = Math.round((performance.now() - facts.arrivedAt) * 10) / 10
    const policies = policyHeader(counted)
    const sent = [...headers, 'Age', caching.Age ?? '', 'Cache-Status', caching['Cache-Status'] ?? '']
    sent.push('X-Trace-Id', facts.trace.traceId, 'Server-Timing', `total;dur=${facts.ms}`)
    if (policies !== undefined) sent.push('RateLimit-Policy', policies)
    if (policies !== undefined && limited) sent.push('RateLimit', limitHeader(counted))
    response.writeHead(status, sent)
    response.end(status === 200 ? body : undefined)
    if (requestEvents.finished.hasSubscribers) requestEvents.finished.publish(facts)
    log.info(requestLine(facts, route), 'request')
    count?.()
  }

  return { learn, first }
}

/** `undefined` for a request that is the framework's: not a plain GET, or with a header that may matter. */
function keyOf(request: IncomingMessage): string | undefined {
  const { method, url = '', headers } = request
  if (method !== 'GET' || url.includes('%')) return undefined
  for (const name in headers) if (!KNOWN.has(name)) return undefined
  let key = url
  for (const name of CHOOSING) key += `\n${headers[name] ?? ''}`
  return key.length > MAX_KEY_CHARACTERS ? undefined : key
}

const header = ({ headers }: IncomingMessage, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? ''
