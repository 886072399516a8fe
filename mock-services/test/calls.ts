import { fileURLToPath } from 'node:url'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import type { MockServices, ServiceName } from '../src/index.ts'
import { GRPC_SERVICES } from '../src/services/index.ts'

/** Asks the token endpoint as a BFF; the status and the JSON. */
export async function tokenRequest(mocks: MockServices, client: string, form: Record<string, string>) {
  const response = await fetch(`${mocks.services.identity}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client}:${client}-secret`)}` },
    body: new URLSearchParams(form),
  })
  const body = (await response.json()) as { access_token?: string; [field: string]: unknown }
  return { status: response.status, body }
}

/** A token with which a BFF calls a service on its own behalf. */
export async function clientToken(mocks: MockServices, audience: ServiceName): Promise<string> {
  const { body } = await tokenRequest(mocks, 'mobile-bff', { grant_type: 'client_credentials', audience })
  return body.access_token ?? ''
}

/** A token with which the web BFF calls a service for the user of a consumer's token. */
export async function userToken(
  mocks: MockServices,
  subjectToken: string,
  audience: ServiceName,
): Promise<string> {
  const { body } = await tokenRequest(mocks, 'web-bff', exchange(subjectToken, audience))
  return body.access_token ?? ''
}

export const exchange = (subjectToken: string, audience: string) => ({
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token: subjectToken,
  subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
  audience,
})

type Options = { method?: string; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal }

/** Calls an HTTP service. */
export function call(
  mocks: MockServices,
  service: ServiceName,
  path: string,
  token: string,
  { method = 'GET', body, headers = {}, signal }: Options = {},
): Promise<Response> {
  return fetch(`${mocks.services[service]}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  })
}

/** A gRPC client made of the .proto at run time. */
export function grpcClient(mocks: MockServices, service: 'inventory' | 'pricing') {
  const proto = GRPC_SERVICES[service]?.proto
  if (!proto) throw new TypeError(`${service} is not a gRPC service`)
  const file = fileURLToPath(new URL(`../../shared-clients/proto/${proto.file}`, import.meta.url))
  const definition = loadSync(file, { keepCase: true, longs: Number, defaults: true, oneofs: true })
  const Client = grpc.makeGenericClientConstructor(
    definition[proto.service] as grpc.ServiceDefinition,
    service,
  )
  const client = new Client(new URL(mocks.services[service]).host, grpc.credentials.createInsecure(), {
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 50,
  })
  const metadata = (token: string) => {
    const made = new grpc.Metadata()
    if (token) made.set('authorization', `Bearer ${token}`)
    return made
  }
  const method = (name: string) => client[name] as (...args: unknown[]) => grpc.ClientUnaryCall
  return {
    unary: <T = Record<string, unknown>>(name: string, request: object, token: string, timeoutMs = 5_000) =>
      new Promise<T>((resolve, reject) => {
        const done = (error: grpc.ServiceError | null, answer: T) => (error ? reject(error) : resolve(answer))
        method(name).call(client, request, metadata(token), { deadline: Date.now() + timeoutMs }, done)
      }),
    stream: (name: string, request: object, token: string) =>
      method(name).call(client, request, metadata(token)) as unknown as grpc.ClientReadableStream<
        Record<string, Record<string, unknown>>
      >,
    close: () => client.close(),
  }
}
