import type { ClientReadableStream, Metadata } from '@grpc/grpc-js'
import type { RequestContext } from '@harbor/shared-runtime/request-context'
import type { z } from 'zod'
import type { ServiceName } from '../services.ts'
import { type Cached, cachedReads } from './cached.ts'
import { CallChain } from './chain.ts'
import type { ClientDefinition } from './client.ts'
import type { ResilienceSettings } from './defaults.ts'
import { asUpstreamError, GrpcOperation, metadataOf, parse, type Unary } from './grpc-operation.ts'
import type { InternalTokens } from './internal-tokens.ts'
import { openStub, type StubClass } from './outbound.ts'

type ServerStream<Request, Answer> = (request: Request, metadata: Metadata) => ClientReadableStream<Answer>

type Options = {
  timeoutMs?: number
  /** The name of a method that changes nothing: its calls may be repeated, hedged and shared. */
  read?: string
  /** A read whose answer must not be older than the call: it does not share one that is on its way. */
  alone?: boolean
  /** A read of one thing of one customer: PERMISSION_DENIED says whose it is not, and that is "not found". */
  owned?: boolean
  /** The name of a method that may be repeated, because it has its effect once for the id in its request. */
  write?: string
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

/** Declares the client of a gRPC service: its generated stub, its settings and one method a call. */
export const grpcClient = <Stub extends { close(): void }, Api>(
  upstream: ServiceName,
  { stub: Stub, ...settings }: ResilienceSettings & { stub: StubClass<Stub> },
  api: (call: GrpcCall, stub: Stub, cached: Cached<GrpcCall>) => Api,
): ClientDefinition<Api> => ({
  upstream,
  open(address, tokens, cache, leastTimeoutMs = 0) {
    const stub = openStub(Stub, address)
    const chain = new CallChain(upstream, { ...settings, leastTimeoutMs }, tokens)
    const bindCall = (context: RequestContext, optional?: boolean) =>
      bind({ upstream, chain, tokens }, context, optional)
    const timeoutMs = Math.max(settings.timeoutMs, leastTimeoutMs)
    const reads = cachedReads({ upstream, cache, timeoutMs, bindCall })
    return {
      bind: (context, optional) => api(bindCall(context, optional), stub, reads(context, optional)),
      state: () => chain.state,
      close: () => stub.close(),
    }
  },
})

type Transport = { upstream: ServiceName; chain: CallChain; tokens: InternalTokens }

/** The calls of one request over a channel that all requests of the process share. */
function bind({ upstream, chain, tokens }: Transport, context: RequestContext, optional?: boolean): GrpcCall {
  return {
    unary(method, request, answer, { timeoutMs, ...kind } = {}) {
      const operation = new GrpcOperation(upstream, method, request, answer, context.trace, kind)
      return chain.call(context, operation, timeoutMs, optional)
    },
    async *stream(method, request, answer) {
      const { signal } = context
      let stream: ReturnType<typeof method> | undefined
      const cancel = () => stream?.cancel()
      let token = ''
      try {
        token = await tokens(context, upstream, signal)
        if (signal.aborted) return
        stream = method(request, metadataOf(token, context.trace))
        signal.addEventListener('abort', cancel, { once: true })
        for await (const message of stream) yield parse(upstream, answer, message)
      } catch (cause) {
        if (signal.aborted) return
        const error = asUpstreamError(upstream, cause)
        // Whoever follows a stream opens it again: then with another token.
        if (error.code === 'unauthorized' && error.upstream === upstream)
          await tokens(context, upstream, signal, token).catch(() => {})
        throw error
      } finally {
        signal.removeEventListener('abort', cancel)
        cancel()
      }
    },
  }
}
