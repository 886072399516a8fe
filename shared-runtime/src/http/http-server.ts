import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import net from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Part, StartError } from '../process/part.ts'
import { admission } from './admission.ts'
import { isBlockedPort } from './blocked-ports.ts'
import { capBody, declaresMore, MAX_BODY_BYTES } from './body-cap.ts'
import { connectionLimit } from './connection-limit.ts'
import { MAX_HEADERS, originForm, refusalOf } from './request-head.ts'

type Fetch = Parameters<typeof getRequestListener>[0]

/** Answers a request before the framework sees it, or hands it over by `otherwise`. */
export type First = (request: IncomingMessage, response: ServerResponse, otherwise: () => void) => void

type Options = {
  /** Name of the address in the log: `http`, `management`. */
  name: string
  host: string
  port: number
  /** The variable that sets the port, for the message when the port is taken. */
  portSetting: string
  /** Bytes of request line and headers; more is a 431. 16 KiB by default. */
  maxHeaderBytes?: number
  /** Maximum size of any request body, however a handler reads it. 64 KiB by default. */
  maxBodyBytes?: number
  /** Connections above this number are closed at once. By default as many as the process's open files allow. */
  maxConnections?: number
  /** For answers that are ready; everything else goes to the handler. */
  first?: First | undefined
} & ({ fetch: Fetch } | { listener: RequestListener })

/** Long enough for a proxy to read "Connection: close" on its next answer instead of a reset on its next request. */
const IDLE_GRACE_MS = 1_500

/** Answers that are not finished by then are cut, which leaves the rest of the 10 s of a drain to the other parts. */
const CUT_AFTER_MS = 6_000

/** Node's defaults keep a slow-loris socket open for minutes; these close it within 10 s. */
const LIMITS = {
  headersTimeout: 5_000,
  requestTimeout: 8_000,
  connectionsCheckingInterval: 1_000,
  // Above the 60 s after which common proxies close idle connections: the server never closes first.
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  // Node's own refusal would continue with the next request in the same packet.
  requireHostHeader: false,
}

/** The host of an HTTP/1.0 request without one; otherwise the listener would answer 400. */
const NAMELESS = 'localhost'

/** Maximum number of pipelined requests; a connection with more is closed. No browser pipelines. */
const MAX_PIPELINED = 32

/**
 * An HTTP server as a part of a process. On stop it accepts no more connections, adds "Connection: close" to the next
 * answer of open ones, and closes idle ones a little later, so no request is lost behind a proxy.
 */
export function httpPart({
  name,
  host,
  port,
  portSetting,
  maxHeaderBytes,
  maxBodyBytes = MAX_BODY_BYTES,
  maxConnections = connectionLimit(),
  first,
  ...handler
}: Options): Part {
  const handle =
    'listener' in handler ? handler.listener : getRequestListener(handler.fetch, { hostname: NAMELESS })
  const limits = { ...LIMITS, maxHeaderSize: maxHeaderBytes ?? LIMITS.maxHeaderSize }
  const { accepted, admit } = admission()
  const running = new Set<ServerResponse>()
  const connections = new WeakMap<net.Socket, { unanswered: number; refused: boolean }>()
  let draining = false
  const answer: RequestListener = (request, response) => {
    const connection = connections.get(request.socket)
    // Requests behind a refused one in the same packet would run, although their answers cannot be sent.
    if (!connection || connection.refused) return
    if (++connection.unanswered > MAX_PIPELINED) return void request.socket.destroy()
    running.add(response)
    response.once('close', () => {
      running.delete(response)
      connection.unanswered--
    })
    if (draining) response.shouldKeepAlive = false
    const refusal = refusalOf(request)
    if (refusal === undefined) {
      capBody(request, response, maxBodyBytes)
      request.url = originForm(request.url, request.headers.host)
      return admit(request, () => {
        // Its consumer may have disconnected while it waited.
        if (response.destroyed) return
        if (first) first(request, response, () => void handle(request, response))
        else void handle(request, response)
      })
    }
    connection.refused = true
    response.writeHead(refusal, { connection: 'close' }).end()
  }
  const server = createServer(limits, answer)
  server.maxConnections = maxConnections
  let dropped = 0
  server.on('drop', () => dropped++)
  server.maxHeadersCount = MAX_HEADERS + 1
  server.on('connection', (socket) => {
    accepted()
    connections.set(socket, { unanswered: 0, refused: false })
  })
  // Without this listener Node sends 100 Continue, and so requests the body, before the headers are checked.
  server.on('checkContinue', (request, response) => {
    if (refusalOf(request) === undefined && !declaresMore(request, maxBodyBytes)) response.writeContinue()
    answer(request, response)
  })

  return {
    name,
    start: () => listen(server, host, port, portSetting),
    details: () => (dropped > 0 ? { maxConnections, dropped } : undefined),
    async stop() {
      draining = true
      for (const response of running) if (!response.headersSent) response.shouldKeepAlive = false
      // For answers that already promised keep-alive, and for connections without a request.
      server.keepAliveTimeout = server.headersTimeout = IDLE_GRACE_MS
      // http.Server#close would cut idle connections at once; net.Server#close only stops accepting.
      const closed = new Promise((resolve) => net.Server.prototype.close.call(server, resolve))
      const idle = setTimeout(() => server.closeIdleConnections(), IDLE_GRACE_MS)
      const cut = setTimeout(() => server.closeAllConnections(), CUT_AFTER_MS)
      await closed
      clearTimeout(idle)
      clearTimeout(cut)
      server.close()
    },
  }
}

/**
 * Listens and returns the address.
 * @throws an error that names a taken or blocked port and its variable
 */
export function listen(
  server: net.Server,
  host: string,
  port: number,
  portSetting: string,
  scheme = 'http',
): Promise<string> {
  if (scheme === 'http' && isBlockedPort(port))
    return Promise.reject(
      new StartError(
        `port ${port} cannot be reached by browsers and fetch, which block it. Set ${portSetting} to another port.`,
      ),
    )
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(portError(error, host, port, portSetting))
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      server.on('error', continueWithoutFiles)
      const { port: bound } = server.address() as net.AddressInfo
      resolve(`${scheme}://${net.isIPv6(host) ? `[${host}]` : host}:${bound}`)
    })
  })
}

/**
 * A connection that cannot be accepted waits until a file is closed; without this listener the error would end the
 * process.
 */
function continueWithoutFiles(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error
}

/** Turns an error of a port into a message that names the variable to change. */
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
