import { type ChannelCredentials, type ClientOptions, credentials } from '@grpc/grpc-js'
import { Client, Pool } from 'undici'

/**
 * How this package reaches the outside. A connection is bound to one address of the settings: no answer, token or
 * consumer can name another. None follows a redirect (undici does so only when told to, gRPC has none), and none
 * takes a way that the environment or DNS proposes. `scripts/outbound.test.ts` knows every file that may open one.
 */
const OUTBOUND = {
  http: {
    connections: 64,
    // Below the 5 s after which Node's servers close an idle connection: a request rarely meets a closing one.
    keepAliveTimeout: 4_000,
    connect: { timeout: 1_000 },
  },
  eventStream: { connect: { timeout: 2_000 }, bodyTimeout: 0 },
  grpc: {
    // Neither http_proxy of the environment nor a service configuration in DNS.
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.max_receive_message_length': 4 * 1024 * 1024,
    // The default of up to 2 minutes between attempts would outlast most outages.
    'grpc.initial_reconnect_backoff_ms': 100,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // Retries belong to the call chain, where they share one budget.
    'grpc.enable_retries': 0,
    'grpc.keepalive_time_ms': 30_000,
  },
} as const satisfies { http: Pool.Options; eventStream: Client.Options; grpc: ClientOptions }

/** The connections to one HTTP service. */
export const openPool = (address: string): Pool => new Pool(address, OUTBOUND.http)

/** One connection for one stream of events. */
export const openEventStream = (origin: string): Client => new Client(origin, OUTBOUND.eventStream)

export type StubClass<Stub> = new (
  address: string,
  security: ChannelCredentials,
  options: ClientOptions,
) => Stub

/** The channel to one gRPC service. */
export function openStub<Stub>(Stub: StubClass<Stub>, address: string): Stub {
  const { protocol, hostname, port } = new URL(address)
  const secure = protocol === 'https:'
  // URL drops a scheme's own port, and gRPC's default is 443 for both.
  const host = `${hostname}:${port || (secure ? 443 : 80)}`
  return new Stub(host, secure ? credentials.createSsl() : credentials.createInsecure(), OUTBOUND.grpc)
}
