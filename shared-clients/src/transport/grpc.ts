import {
  type ChannelCredentials,
  type ClientOptions,
  type ClientReadableStream,
  credentials,
  type Metadata,
} from '@grpc/grpc-js'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { z } from 'zod'
import { CallChain } from '../resilience/chain.ts'
import type { ResilienceSettings } from '../resilience/defaults.ts'
import type { ServiceName } from '../services.ts'
import { type Cached, cachedReads } from './cached.ts'
import type { ClientDefinition } from './client.ts'
import { asUpstreamError, GrpcOperation, metadataOf, parse, type Unary } from './grpc-operation.ts'
import type { InternalTokens } from './internal-tokens.ts'

type ServerStream<Request, Answer> = (request: Request, metadata: Metadata) => ClientReadableStream<Answer>

type Options = {
  timeoutMs?: number
  /** The name of a method that changes nothing: its calls may be repeated, hedged and shared. */
  read?: string
}

/** Calls the methods of a gRPC service in the name of one request. */
export type GrpcCall = {
  /** A method with one answer, parsed by a schema as over HTTP: unknown fields dropped, odd values refused. */
  unary<Request, Answer, T>(
    method: Unary<Request, Answer>,
    request: Request,
    answer: z.ZodType<T>,
    options?: Options,
  ): Promise<T>
  /** A method that streams answers; ends when the request's signal is aborted, and has no timeout of its own. */
  stream<Request, Answer, T>(
    method: ServerStream<Request, Answer>,
    request: Request,
    answer: z.ZodType<T>,
  ): AsyncGenerator<T, void, undefined>
}

type StubClass<Stub> = new (address: string, security: ChannelCredentials, options: ClientOptions) => Stub

/** Declares the client of a gRPC service: its generated stub, its settings and one method a call. */
export const grpcClient = <Stub extends { close(): void }, Api>(
  upstream: ServiceName,
  { stub: Stub, ...settings }: ResilienceSettings & { stub: StubClass<Stub> },
  api: (call: GrpcCall, stub: Stub, cached: Cached<GrpcCall>) => Api,
): ClientDefinition<Api> => ({
  upstream,
  open(address, tokens, cache) {
    const { protocol, hostname, port } = new URL(address)
    const secure = protocol === 'https:'
    // URL drops a scheme's own port, and gRPC's default is 443 for both.
    const host = `${hostname}:${port || (secure ? 443 : 80)}`
    const stub = new Stub(host, secure ? credentials.createSsl() : credentials.createInsecure(), CHANNEL)
    const chain = new CallChain(upstream, settings, tokens)
    const bindCall = (context: RequestContext, optional?: boolean) =>
      bind({ upstream, chain, tokens }, context, optional)
    const reads = cachedReads({ upstream, cache, timeoutMs: settings.timeoutMs, bindCall })
    return {
      bind: (context, optional) => api(bindCall(context, optional), stub, reads(context)),
      state: () => chain.state,
      close: () => stub.close(),
    }
  },
})

const CHANNEL: ClientOptions = {
  'grpc.max_receive_message_length': 4 * 1024 * 1024,
  // The default of up to 2 minutes between attempts would outlast most outages.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 1_000,
  // Retries belong to the call chain, where they share one budget.
  'grpc.enable_retries': 0,
  'grpc.keepalive_time_ms': 30_000,
}

type Transport = { upstream: ServiceName; chain: CallChain; tokens: InternalTokens }

/** The calls of one request over a channel that all requests of the process share. */
function bind({ upstream, chain, tokens }: Transport, context: RequestContext, optional?: boolean): GrpcCall {
  return {
    unary(method, request, answer, { timeoutMs, read } = {}) {
      const operation = new GrpcOperation(upstream, method, request, answer, context.trace, read)
      return chain.call(context, operation, timeoutMs, optional)
    },
    async *stream(method, request, answer) {
      const { signal } = context
      let stream: ReturnType<typeof method> | undefined
      const cancel = () => stream?.cancel()
      try {
        const metadata = await metadataFor(upstream, tokens, context, signal)
        if (signal.aborted) return
        stream = method(request, metadata)
        signal.addEventListener('abort', cancel, { once: true })
        for await (const message of stream) yield parse(upstream, answer, message)
      } catch (error) {
        if (!signal.aborted) throw asUpstreamError(upstream, error)
      } finally {
        signal.removeEventListener('abort', cancel)
        cancel()
      }
    },
  }
}

async function metadataFor(
  upstream: ServiceName,
  tokens: InternalTokens,
  context: RequestContext,
  signal: AbortSignal,
): Promise<Metadata> {
  return metadataOf(await tokens(context, upstream, signal), context.trace)
}
