import { createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import { loadSync, type MethodDefinition, type ServiceDefinition } from '@grpc/proto-loader'
import { z } from 'zod'
import { altered } from './altered-answers.ts'
import { bearer, type Caller, type Tokens } from './auth.ts'
import type { Calls } from './calls.ts'
import type { FaultPlan, Faults } from './faults.ts'
import type { ServiceName } from './service-names.ts'

/** A refusal with a gRPC status. */
export class GrpcRefusal extends Error {
  readonly code: grpc.status

  constructor(code: grpc.status, message: string) {
    super(message)
    this.code = code
  }
}

type Message = object
type Handler = (request: unknown, caller: Caller, signal: AbortSignal) => Message | AsyncGenerator<Message>

/** The methods of a gRPC service by name; one that streams answers is a generator. */
export type GrpcMethods = Readonly<Record<string, Handler>>

/** A method whose request is checked before it is handled. */
export const rpc =
  <T>(
    request: z.ZodType<T>,
    handle: (request: T, caller: Caller, signal: AbortSignal) => ReturnType<Handler>,
  ): Handler =>
  (message, caller, signal) => {
    const parsed = request.safeParse(message)
    if (!parsed.success) throw new GrpcRefusal(grpc.status.INVALID_ARGUMENT, z.prettifyError(parsed.error))
    return handle(parsed.data, caller, signal)
  }

type Context = { name: ServiceName; calls: Calls; faults: Faults; tokens: Tokens }

/** An answer that is sent as these bytes, whatever they are. */
class RawBytes {
  readonly bytes: Buffer
  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

type ServerCall = grpc.ServerUnaryCall<Message, Message> | grpc.ServerWritableStream<Message, Message>

/**
 * A gRPC service on a TCP server of its own, so that its port and its connections can be made to fail.
 * Faults, counting and tokens are seen to here; the methods know nothing of them.
 */
export function createGrpcServer(
  context: Context,
  proto: { file: string; service: string },
  methods: GrpcMethods,
) {
  const path = fileURLToPath(new URL(`../../shared-clients/proto/${proto.file}`, import.meta.url))
  const definition = loadSync(path, { keepCase: true, longs: Number, defaults: true, oneofs: true })[
    proto.service
  ] as ServiceDefinition

  const grpcServer = new grpc.Server()
  const injector = grpcServer.createConnectionInjector(grpc.ServerCredentials.createInsecure())
  const sockets = new Map<string, Socket>()
  const server = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    sockets.set(peer, socket)
    socket.once('close', () => sockets.delete(peer))
    injector.injectConnection(socket)
  })
  const cut = (peer: string) => sockets.get(peer)?.destroy()

  // The .proto decides which methods there are; one without a handler is UNIMPLEMENTED.
  const served = Object.entries(definition).filter(([name]) => Object.hasOwn(methods, name))
  grpcServer.addService(
    Object.fromEntries(served.map(([name, method]) => [name, allowingRawBytes(method)])),
    Object.fromEntries(
      served.map(([name, method]) => {
        const handler = methods[name] as Handler
        const handle = (call: ServerCall, answer: Answer) =>
          serve({ ...context, cut }, name, handler, call, answer)
        return [
          name,
          method.responseStream
            ? (call: grpc.ServerWritableStream<Message, Message>) => void handle(call, streaming(call))
            : (call: grpc.ServerUnaryCall<Message, Message>, callback: grpc.sendUnaryData<Message>) =>
                void handle(call, unary(callback)),
        ]
      }),
    ),
  )
  return { server, stop: () => grpcServer.forceShutdown() }
}

type Sending = { signal: AbortSignal; transform: (message: Message) => Message; pause: () => Promise<void> }

/** How the answer of one call is sent. */
type Answer = {
  send(result: ReturnType<Handler>, sending: Sending): Promise<void>
  fail(code: grpc.status, message: string): void
}

const unary = (callback: grpc.sendUnaryData<Message>): Answer => ({
  async send(result, { transform }) {
    callback(null, transform(result))
  },
  fail: (code, details) => callback({ code, details }),
})

const streaming = (call: grpc.ServerWritableStream<Message, Message>): Answer => ({
  async send(result, { signal, transform, pause }) {
    for await (const message of result as AsyncGenerator<Message>) {
      await pause()
      if (signal.aborted) return
      if (!call.write(transform(message))) await drained(call, signal)
    }
    call.end()
  },
  fail: (code, details) => call.emit('error', { code, details }),
})

const drained = (call: grpc.ServerWritableStream<Message, Message>, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    call.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function serve(
  { name, calls, faults, tokens, cut }: Context & { cut: (peer: string) => void },
  method: string,
  handler: Handler,
  call: ServerCall,
  answer: Answer,
): Promise<void> {
  const gone = new AbortController()
  const end = calls.begin(name, method, { method, path: call.getPath(), headers: headersOf(call) })
  let cutByFault = false
  call.on('cancelled', () => {
    end(!cutByFault)
    gone.abort()
  })

  const plan = faults.plan(name)
  if (plan.delayMs > 0) await sleep(plan.delayMs)
  if (call.cancelled || plan.outcome === 'hang') return
  if (plan.outcome === 'drip') return call.sendMetadata(new grpc.Metadata())
  try {
    if (plan.outcome === 'error') throw new GrpcRefusal(grpc.status.UNAVAILABLE, 'try again later')
    const caller = await tokens.verify(bearer(String(call.metadata.get('authorization')[0] ?? '')), name)
    if (!caller)
      throw new GrpcRefusal(grpc.status.UNAUTHENTICATED, `a token for the audience ${name} is needed`)
    if (plan.outcome === 'crash') {
      cutByFault = true
      call.sendMetadata(new grpc.Metadata())
      setImmediate(cut, call.getPeer())
      return
    }
    const pause = async () => {
      // A stream that is open when `hang` is set falls silent, and goes on where it was.
      while (faults.of(name).hang && !gone.signal.aborted) await sleep(20)
    }
    const sending = { signal: gone.signal, transform: transformation(plan), pause }
    await answer.send(handler(call.request, caller, gone.signal), sending)
    end(call.cancelled)
  } catch (error) {
    if (call.cancelled) return
    const known = error instanceof GrpcRefusal
    if (!known) console.error(`${name}:`, error)
    answer.fail(known ? error.code : grpc.status.INTERNAL, known ? error.message : 'something went wrong')
    end(false)
  }
}

function transformation(plan: FaultPlan): (message: Message) => Message {
  if (plan.outcome === 'altered') return (message) => altered(message, plan.how, emptied) as Message
  if (plan.outcome !== 'malformed') return (message) => message
  // Field 1, said to be 127 bytes long, and then nothing: no decoder takes it.
  if (plan.how === 'truncated') return () => new RawBytes(Buffer.from([0x0a, 0x7f, 0x01]))
  return (message) => emptied(message) as Message
}

/** Every text empty and every number 0, where they are: protobuf has no other way to be of a wrong type. */
function emptied(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(emptied)
  if (value && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, emptied(inner)]))
  if (typeof value === 'string') return ''
  return typeof value === 'number' ? 0 : value
}

const allowingRawBytes = (method: MethodDefinition<object, object>): MethodDefinition<object, object> => ({
  ...method,
  responseSerialize: (value) => (value instanceof RawBytes ? value.bytes : method.responseSerialize(value)),
})

function headersOf(call: ServerCall): Record<string, unknown> {
  const deadline = call.getDeadline()
  const remaining = Math.round(Number(deadline) - Date.now())
  return { ...call.metadata.getMap(), ...(Number.isFinite(remaining) && { 'grpc-timeout': `${remaining}m` }) }
}
