import {
  type CallOptions,
  type ChannelCredentials,
  type ClientOptions,
  type ClientReadableStream,
  type ClientUnaryCall,
  credentials,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js'
import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { type RequestContext, remainingMs } from '@harbor/shared-runtime/request-context'
import { traceparent } from '@harbor/shared-runtime/trace'
import type { z } from 'zod'
import type { ServiceName } from '../services.ts'
import type { ClientDefinition } from './client.ts'
import { type Attempt, withDeadline } from './deadline.ts'
import type { InternalTokens } from './internal-tokens.ts'

type Unary<Request, Answer> = (
  request: Request,
  metadata: Metadata,
  options: CallOptions,
  callback: (error: ServiceError | null, answer: Answer) => void,
) => ClientUnaryCall

type ServerStream<Request, Answer> = (request: Request, metadata: Metadata) => ClientReadableStream<Answer>

type Options = { timeoutMs?: number }

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

/** Declares the client of a gRPC service: its generated stub, its timeout and one method a call. */
export const grpcClient = <Stub extends { close(): void }, Api>(
  upstream: ServiceName,
  { timeoutMs, stub: Stub }: { timeoutMs: number; stub: StubClass<Stub> },
  api: (call: GrpcCall, stub: Stub) => Api,
): ClientDefinition<Api> => ({
  upstream,
  open(address, tokens) {
    const { protocol, hostname, port } = new URL(address)
    const secure = protocol === 'https:'
    // URL drops a scheme's own port, and gRPC's default is 443 for both.
    const host = `${hostname}:${port || (secure ? 443 : 80)}`
    const stub = new Stub(host, secure ? credentials.createSsl() : credentials.createInsecure(), CHANNEL)
    return {
      bind: (context) => api(bind({ upstream, timeoutMs, tokens }, context), stub),
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

type Transport = { upstream: ServiceName; timeoutMs: number; tokens: InternalTokens }

/** The calls of one request over a channel that all requests of the process share. */
function bind({ upstream, timeoutMs, tokens }: Transport, context: RequestContext): GrpcCall {
  return {
    unary(method, request, answer, options = {}) {
      const call = withDeadline(upstream, context, options.timeoutMs ?? timeoutMs, async (attempt) => {
        const metadata = await metadataFor(upstream, tokens, context, attempt.signal)
        return parse(upstream, answer, await exchange(upstream, method, request, metadata, attempt))
      })
      call.catch(() => {}) // as over HTTP: an answer nobody waits for must not end the process
      return call
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

function exchange<Request, Answer>(
  upstream: ServiceName,
  method: Unary<Request, Answer>,
  request: Request,
  metadata: Metadata,
  { deadline, signal }: Attempt,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + remainingMs(deadline) }
    const call = method(request, metadata, options, (error, answer) => {
      signal.removeEventListener('abort', cancel)
      if (error) reject(asUpstreamError(upstream, error))
      else resolve(answer)
    })
    const cancel = () => call.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    if (signal.aborted) cancel()
  })
}

async function metadataFor(
  upstream: ServiceName,
  tokens: InternalTokens,
  context: RequestContext,
  signal: AbortSignal,
): Promise<Metadata> {
  const metadata = new Metadata()
  metadata.set('authorization', `Bearer ${await tokens(context, upstream, signal)}`)
  metadata.set('traceparent', traceparent(context.trace))
  return metadata
}

function parse<T>(upstream: ServiceName, schema: z.ZodType<T>, message: unknown): T {
  const parsed = schema.safeParse(message)
  if (parsed.success) return parsed.data
  throw new UpstreamError(upstream, 'invalid_answer', 'a message is not as agreed', { cause: parsed.error })
}

const CODES: Readonly<Partial<Record<status, UpstreamErrorCode>>> = {
  // Ours are reported by withDeadline: this one was the upstream's own doing.
  [status.CANCELLED]: 'unavailable',
  [status.DEADLINE_EXCEEDED]: 'timeout',
  [status.INVALID_ARGUMENT]: 'rejected',
  [status.NOT_FOUND]: 'not_found',
  [status.ALREADY_EXISTS]: 'conflict',
  [status.FAILED_PRECONDITION]: 'conflict',
  [status.ABORTED]: 'conflict',
  [status.OUT_OF_RANGE]: 'conflict',
  [status.RESOURCE_EXHAUSTED]: 'overloaded',
  [status.UNAUTHENTICATED]: 'unauthorized',
  [status.PERMISSION_DENIED]: 'unauthorized',
  [status.UNIMPLEMENTED]: 'invalid_answer',
}

/** What this side finds wrong with an answer comes as a status like any other. */
const FOUND_HERE = /^(Response message parsing error|Received message larger than max)/

function asUpstreamError(upstream: ServiceName, error: unknown): UpstreamError {
  if (error instanceof UpstreamError) return error
  if (!isServiceError(error)) return new UpstreamError(upstream, 'unavailable', 'failed', { cause: error })
  const code = FOUND_HERE.test(error.details) ? 'invalid_answer' : (CODES[error.code] ?? 'unavailable')
  return new UpstreamError(upstream, code, status[error.code] ?? 'failed', { cause: error })
}

const isServiceError = (error: unknown): error is ServiceError =>
  error instanceof Error && 'code' in error && typeof error.code === 'number'
