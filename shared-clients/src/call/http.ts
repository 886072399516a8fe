import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { Pool } from 'undici'
import type { ServiceName } from '../services.ts'
import { type Cached, cachedReads } from './cached.ts'
import { CallChain } from './chain.ts'
import type { ClientDefinition } from './client.ts'
import type { ResilienceSettings } from './defaults.ts'
import { type Arguments, type Endpoint, target } from './endpoint.ts'
import { HttpOperation } from './http-operation.ts'
import { openPool } from './outbound.ts'

/** Calls an endpoint in the name of one request. */
export type HttpCall = <T>(endpoint: Endpoint<T>, args?: Arguments) => Promise<T>

/** Declares the client of an HTTP service: its name, its settings and one method an endpoint. */
export const httpClient = <Api>(
  upstream: ServiceName,
  settings: ResilienceSettings,
  api: (call: HttpCall, cached: Cached<HttpCall>) => Api,
): ClientDefinition<Api> => ({
  upstream,
  open(address, tokens, cache, leastTimeoutMs = 0) {
    const { origin, pathname } = new URL(address)
    const pool = openPool(origin)
    const basePath = pathname.replace(/\/$/, '')
    const chain = new CallChain(upstream, { ...settings, leastTimeoutMs }, tokens)
    const bindCall = (context: RequestContext, optional?: boolean) =>
      bind({ upstream, pool, basePath, chain }, context, optional)
    const timeoutMs = Math.max(settings.timeoutMs, leastTimeoutMs)
    const reads = cachedReads({ upstream, cache, timeoutMs, bindCall })
    return {
      bind: (context, optional) => api(bindCall(context, optional), reads(context, optional)),
      state: () => chain.state,
      close: () => pool.close(),
    }
  },
})

type Connection = {
  readonly upstream: ServiceName
  readonly pool: Pool
  /** Path prefix of the service's address, put before the path of each endpoint; often empty. */
  readonly basePath: string
  readonly chain: CallChain
}

/** The calls of one request: arguments validated, then the way of every call. */
const bind =
  (
    { upstream, pool, basePath, chain }: Connection,
    context: RequestContext,
    optional: boolean | undefined,
  ): HttpCall =>
  (endpoint, args = NO_ARGUMENTS) => {
    try {
      const path = basePath + target(upstream, endpoint.path, args)
      const operation = new HttpOperation(upstream, pool, endpoint, path, args, context.trace)
      return chain.call(context, operation, args.timeoutMs, optional)
    } catch (error) {
      return rejected(error)
    }
  }

const NO_ARGUMENTS: Arguments = {}

/** Not an unhandled rejection when nobody waits for it, like every other failed call. */
function rejected(error: unknown): Promise<never> {
  const answer = Promise.reject(error)
  answer.catch(() => {})
  return answer
}
