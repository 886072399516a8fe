import { createServer, type RequestListener, type Server } from 'node:http'
import type { Server as TcpServer } from 'node:net'
import { createTokens } from './auth.ts'
import { capped } from './body-cap.ts'
import { createCalls } from './calls.ts'
import { controlListener } from './control.ts'
import { accessTokens, createDemo, type Demo } from './demo.ts'
import { createFaults, type Fault } from './faults.ts'
import { createGrpcServer } from './grpc-service.ts'
import { createHttpServer, routesListener } from './http-service.ts'
import { DEFAULT_BFF_CLIENTS } from './identity/clients.ts'
import { IDENTITY_PATTERNS, identityListener } from './identity/index.ts'
import { IMAGE_PATTERNS, imageListener } from './images/image-service.ts'
import { openPort, type Port } from './port.ts'
import { publishToRedis } from './redis-events.ts'
import { isServiceName, SERVICE_NAMES, type ServiceName } from './service-names.ts'
import { GRPC_SERVICES, HTTP_SERVICES } from './services/index.ts'
import { createWorld } from './world/index.ts'

export type { CallRecord } from './calls.ts'
export type { Demo } from './demo.ts'
export type { Fault } from './faults.ts'
export { PortError } from './port.ts'
export { SERVICE_NAMES, type ServiceName } from './service-names.ts'

export type MockServicesOptions = {
  /** The control port; 0 takes a free one. */
  controlPort?: number
  /** `default`: control port + 1 …; `random`: free ones. */
  ports?: 'default' | 'random'
  host?: string
  /** When identity is known to the world by another address than its own. */
  issuer?: string | undefined
  /** Where users find the web BFF: log-in redirects and back-channel logout go there. */
  webBffUrl?: string
  /** OAuth client ids of the BFFs other than the web BFF; the secret of each is `<id>-secret`. */
  bffClients?: readonly string[]
  /** Lifetime of the access tokens that users get by log-in or refresh. */
  accessTokenSeconds?: number
  /** When browsers and apps find the image service at another address than its own. */
  imagesUrl?: string | undefined
  /** Domain events also go into a stream of this Redis. */
  redisUrl?: string | undefined
  /** Services that fail by themselves (recommendations, 0.8 %) do so. */
  defaultFaults?: boolean
}

export type MockServices = Awaited<ReturnType<typeof startMockServices>>

/**
 * Starts all domain services and the control port in this process.
 * @throws {PortError} when a port cannot be had; nothing is left listening then
 * @example
 * const mocks = await startMockServices({ controlPort: 0, ports: 'random' })
 * await mocks.setFault('catalog', { latencyMs: 200 })
 * await mocks.close()
 */
export async function startMockServices({
  controlPort = 0,
  ports = controlPort === 0 ? 'random' : 'default',
  host = '127.0.0.1',
  issuer,
  webBffUrl = 'http://localhost:4000',
  bffClients = DEFAULT_BFF_CLIENTS,
  accessTokenSeconds = 3600,
  imagesUrl,
  redisUrl,
  defaultFaults = true,
}: MockServicesOptions = {}) {
  const calls = createCalls()
  const faults = createFaults({ defaults: defaultFaults })
  const opened: { name: ServiceName | 'control'; port: Port; stop?: () => void }[] = []
  let stopPublishing = async () => {}
  const close = async () => {
    await stopPublishing()
    await Promise.all(
      opened.map(async ({ port, stop }) => {
        stop?.()
        await port.close()
      }),
    )
  }

  async function open(
    name: ServiceName | 'control',
    server: Server | TcpServer,
    stop?: () => void,
  ): Promise<Port> {
    const index = isServiceName(name) ? SERVICE_NAMES.indexOf(name) + 1 : 0
    const wanted = index === 0 ? controlPort : ports === 'random' ? 0 : controlPort + index
    const port = await openPort(server, { owner: name, host, port: wanted })
    opened.push({ name, port, ...(stop && { stop }) })
    if (isServiceName(name)) faults.onRefuse(name, port.refuse)
    return port
  }

  try {
    // The ports come first: what tokens say depends on the address at which identity can be found.
    const listening = Promise.withResolvers<RequestListener>()
    const identityServer = createHttpServer(
      { name: 'identity', calls, faults },
      IDENTITY_PATTERNS,
      async (req, res) => (await listening.promise)(req, res),
    )
    const identity = await open('identity', identityServer)
    const knownAs = issuer ?? identity.address
    const tokens = await createTokens(knownAs)
    listening.resolve(
      identityListener({ issuer: knownAs, webBffUrl, bffClients, accessTokenSeconds, tokens }),
    )

    const images = await open(
      'images',
      createHttpServer({ name: 'images', calls, faults }, IMAGE_PATTERNS, imageListener()),
    )
    const imagesKnownAs = imagesUrl ?? images.address

    const world = createWorld()
    if (redisUrl) stopPublishing = publishToRedis(world.events, redisUrl)
    for (const name of SERVICE_NAMES) {
      const grpc = GRPC_SERVICES[name]
      const http = HTTP_SERVICES[name]
      if (grpc) {
        const { server, stop } = createGrpcServer(
          { name, calls, faults, tokens },
          grpc.proto,
          grpc.methods(world),
        )
        await open(name, server, stop)
      } else if (http) {
        const routes = http(world)
        await open(
          name,
          createHttpServer(
            { name, calls, faults },
            routes,
            routesListener({ name, routes, tokens, imagesUrl: imagesKnownAs }),
          ),
        )
      }
    }

    const services = Object.fromEntries(opened.map(({ name, port }) => [name, port.address])) as Record<
      ServiceName,
      string
    >
    const demo = (): Promise<Demo> => createDemo(tokens, services)
    const tokensOf = (userId: string) => accessTokens(tokens, userId)
    const control = await open(
      'control',
      createServer(capped(controlListener({ world, calls, faults, demo, tokensOf }))),
    )
    return {
      controlUrl: control.address,
      services,
      demo,
      tokensOf,
      close,
      /** Replaces the fault of a service; in force when it resolves. */
      setFault: (service: ServiceName, fault: Fault) => faults.set(service, fault),
      clearFaults: (service?: ServiceName) => faults.clear(service),
      calls: calls.counts,
      lastCalls: calls.last,
      resetCalls: calls.reset,
      setStock: world.stock.set,
      setPrice: world.prices.set,
      /** Changes, adds and removes products, each with its event. */
      products: world.catalog,
      prices: world.prices,
    }
  } catch (error) {
    await close()
    throw error
  }
}
