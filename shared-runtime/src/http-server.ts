import { createServer, type RequestListener, type Server } from 'node:http'
import net from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { type Part, StartError } from './part.ts'

type Fetch = Parameters<typeof createAdaptorServer>[0]['fetch']

type Options = {
  /** What the address is for, in the log: `http`, `management`. */
  name: string
  host: string
  port: number
  /** The variable that sets the port, for the message when it is taken. */
  portSetting: string
  /** Bytes of request line and headers; more is a 431. 16 KiB unless told. */
  maxHeaderBytes?: number
} & ({ fetch: Fetch } | { listener: RequestListener })

/** Long enough for a proxy to read "Connection: close" on its next answer instead of a reset on its next request. */
const IDLE_GRACE_MS = 1_500

/** Node's own limits keep a slow-loris socket for minutes. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Above the 60 s after which common proxies close their side: the server is never first.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
}

/**
 * An HTTP server as a part of a process. On stop it accepts no more connections, tells those that it has to
 * close after their next answer, and ends idle ones a little later: behind a proxy no request is lost.
 */
export function httpPart({ name, host, port, portSetting, maxHeaderBytes, ...handler }: Options): Part {
  let draining = false
  const serverOptions = { ...LIMITS, maxHeaderSize: maxHeaderBytes ?? LIMITS.maxHeaderSize }
  const server =
    'listener' in handler
      ? createServer(serverOptions, handler.listener)
      : (createAdaptorServer({ fetch: handler.fetch, serverOptions }) as Server)
  server.prependListener('request', (_, response) => {
    if (draining) response.shouldKeepAlive = false
  })

  return {
    name,
    start: () => listen(server, host, port, portSetting),
    async stop() {
      draining = true
      // http.Server#close would cut idle connections at once; net.Server#close only stops accepting.
      const closed = new Promise((resolve) => net.Server.prototype.close.call(server, resolve))
      const timer = setTimeout(() => server.closeIdleConnections(), IDLE_GRACE_MS)
      if ((await connections(server)) === 0) clearTimeout(timer)
      await closed
      clearTimeout(timer)
      server.closeAllConnections()
    },
  }
}

/**
 * Listens and gives the address.
 * @throws an error that says which port is taken and which variable moves it
 */
export function listen(server: Server, host: string, port: number, portSetting: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, host, port, portSetting)))
    server.listen(port, host, () => resolve(`http://${host}:${(server.address() as net.AddressInfo).port}`))
  })
}

/** Says what a port's trouble is and how to move away from it. */
export function portError(
  error: NodeJS.ErrnoException,
  host: string,
  port: number,
  portSetting: string,
): Error {
  if (error.code === 'EADDRINUSE')
    return new StartError(`port ${port} on ${host} is already in use. Set ${portSetting} to a free port.`)
  if (error.code === 'EACCES')
    return new StartError(
      `port ${port} on ${host} may not be used by this user. Set ${portSetting} above 1023.`,
    )
  return error
}

const connections = (server: Server) =>
  new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count ?? 0)))
