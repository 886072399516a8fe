import type { Cache } from '@harbor/shared-runtime/cache'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { ServiceName } from '../services.ts'
import type { UpstreamState } from './chain.ts'
import type { InternalTokens } from './internal-tokens.ts'

/** The client of one domain service, declared in one file by `httpClient` or `grpcClient`. */
export type ClientDefinition<Api> = {
  readonly upstream: ServiceName
  /** Opens what all requests of the process share; connects on the first call. Without a cache every read is a call. */
  readonly open: (
    address: string,
    tokens: InternalTokens,
    cache?: Cache,
    leastTimeoutMs?: number,
  ) => OpenClient<Api>
}

export type OpenClient<Api> = {
  /** The client as one request sees it. `optional`: its calls are not made when they no longer fit. */
  bind(context: RequestContext, optional?: boolean): Api
  /** How the upstream is, as far as this process knows. */
  state(): UpstreamState
  close(): Promise<void> | void
}
