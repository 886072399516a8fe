import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { ServiceName } from '../services.ts'
import type { InternalTokens } from './internal-tokens.ts'

/** The client of one domain service, declared in one file by `httpClient` or `grpcClient`. */
export type ClientDefinition<Api> = {
  readonly upstream: ServiceName
  /** Opens what all requests of the process share; connects on the first call. */
  readonly open: (address: string, tokens: InternalTokens) => OpenClient<Api>
}

export type OpenClient<Api> = {
  /** The client as one request sees it. */
  bind(context: RequestContext): Api
  close(): Promise<void> | void
}
