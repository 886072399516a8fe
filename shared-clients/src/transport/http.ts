import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { type RequestContext, remainingMs } from '@harbor/shared-runtime/request-context'
import { traceparent } from '@harbor/shared-runtime/trace'
import { errors, Pool } from 'undici'
import type { ServiceName } from '../services.ts'
import type { ClientDefinition } from './client.ts'
import { type Attempt, withDeadline } from './deadline.ts'
import { type Arguments, type Endpoint, target } from './endpoint.ts'
import type { InternalTokens } from './internal-tokens.ts'
import { readJson } from './read-json.ts'

/** Calls an endpoint in the name of one request. */
export type HttpCall = <T>(endpoint: Endpoint<T>, args?: Arguments) => Promise<T>

type Settings = {
  /** Milliseconds that a call may take when it does not say otherwise. */
  timeoutMs: number
}

/** Declares the client of an HTTP service: its name, its settings and one method an endpoint. */
export const httpClient = <Api>(
  upstream: ServiceName,
  settings: Settings,
  api: (call: HttpCall) => Api,
): ClientDefinition<Api> => ({
  upstream,
  open(address, tokens) {
    const pool = openPool(address)
    const transport = { upstream, pool, tokens, ...settings }
    return { bind: (context) => api(bind(transport, context)), close: () => pool.close() }
  },
})

/** Below the 5 s after which Node's servers close an idle connection: a request never meets a closing one. */
const KEEP_ALIVE_MS = 4_000
const CONNECTIONS = 64

/** The connections to one HTTP service. */
export const openPool = (address: string): Pool =>
  new Pool(address, {
    connections: CONNECTIONS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: 1_000 },
  })

type Transport = Settings & { upstream: ServiceName; pool: Pool; tokens: InternalTokens }

/** The calls of one request: deadline, then token, then the exchange itself, then the answer parsed. */
const bind =
  (transport: Transport, context: RequestContext): HttpCall =>
  (endpoint, args = {}) => {
    const call = withDeadline(transport.upstream, context, args.timeoutMs ?? transport.timeoutMs, (attempt) =>
      exchange(transport, context, endpoint, args, attempt),
    )
    // A caller may start several calls and wait for one: a failure of the others must not end the process.
    call.catch(() => {})
    return call
  }

async function exchange<T>(
  { upstream, pool, tokens }: Transport,
  context: RequestContext,
  endpoint: Endpoint<T>,
  args: Arguments,
  { deadline, signal }: Attempt,
): Promise<T> {
  const name = `${endpoint.method} ${endpoint.path}`
  const path = target(upstream, endpoint.path, args)
  const token = await tokens(context, upstream, signal)
  const { statusCode, body } = await pool
    .request({
      method: endpoint.method,
      path,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        traceparent: traceparent(context.trace),
        'x-remaining-ms': String(Math.ceil(remainingMs(deadline))),
        ...(args.body !== undefined && { 'content-type': 'application/json' }),
        ...(args.idempotencyKey !== undefined && { 'idempotency-key': args.idempotencyKey }),
      },
      body: args.body === undefined ? null : JSON.stringify(args.body),
      signal,
    })
    .catch((cause: unknown) => {
      // What undici refuses to send (a line break in a header) would be refused again.
      const code = cause instanceof errors.InvalidArgumentError ? 'rejected' : 'unavailable'
      throw new UpstreamError(upstream, code, `${name} failed`, { cause })
    })
  if (statusCode >= 300) {
    await body.dump()
    throw new UpstreamError(upstream, codeOf(statusCode), `${name}: status ${statusCode}`)
  }
  const parsed = endpoint.answer.safeParse(await readJson(upstream, body))
  if (!parsed.success)
    throw new UpstreamError(upstream, 'invalid_answer', `${name}: not as agreed`, { cause: parsed.error })
  return parsed.data
}

const CODES: Readonly<Record<number, UpstreamErrorCode>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  404: 'not_found',
  408: 'timeout',
  409: 'conflict',
  410: 'not_found',
  429: 'overloaded',
}

/** Redirects are not followed: one is as good as no answer. */
const codeOf = (status: number): UpstreamErrorCode =>
  CODES[status] ?? (status >= 500 ? 'unavailable' : status >= 400 ? 'rejected' : 'invalid_answer')
