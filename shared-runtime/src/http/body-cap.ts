import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ProblemError } from '../errors/problems.ts'

/** Default maximum size of a request body, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024

/** How much of a refused body is read and discarded, so that the consumer can read the answer (RFC 9112, 9.6). */
const DROPPED_BYTES = 1024 * 1024
const LINGER_MS = 500

/**
 * Caps the body of a request for every way of reading it: `request.on('data')`, `request.body`, `c.req.parseBody()`.
 * Above `maxBytes` reading fails with a `ProblemError` `TOO_LARGE`, nothing more is buffered, and the connection
 * closes after the answer. A declared length above the cap fails at once.
 */
export function capBody(request: IncomingMessage, response: ServerResponse, maxBytes: number): void {
  const { 'content-length': declared, 'transfer-encoding': coded } = request.headers
  if (declared === undefined && coded === undefined) return
  let received = 0
  let dropped = 0
  let refused = false
  const push = request.push.bind(request)

  request.push = (chunk, encoding) => {
    // A refused body must not emit `end`: its buffered part must not pass for the whole.
    if (refused) return drop(chunk)
    received += chunk?.length ?? 0
    if (received <= maxBytes) return push(chunk, encoding)
    refuse()
    return drop(chunk)
  }
  if (declaresMore(request, maxBytes)) refuse()
  // Node would discard an unread body without counting it.
  response.prependListener('finish', () => {
    if (request.complete) return
    request.read(0)
    request.resume()
  })

  /** `false` tells the parser to stop reading from the socket. */
  function drop(chunk: Buffer | null): boolean {
    dropped += chunk?.length ?? 0
    return dropped <= DROPPED_BYTES
  }

  function refuse(): void {
    refused = true
    if (!response.headersSent) response.shouldKeepAlive = false
    const fail = () => {
      request.destroy(new ProblemError('TOO_LARGE', `The body has more than ${maxBytes} bytes.`))
      return null
    }
    request.on('error', () => {})
    // Node's own error handling would end the connection, and with it the answer.
    request._destroy = (error, done) => done(error)
    // A destroyed stream looks empty to a later reader; reading it must fail.
    request.read = fail
    if (request.readableFlowing !== null) fail()
    closeSlowly(request.socket)
    if (response.writableFinished) request.socket.destroySoon()
  }
}

/** Whether the request announces a longer body than `maxBytes`. */
export const declaresMore = ({ headers }: IncomingMessage, maxBytes: number): boolean =>
  Number(headers['content-length'] ?? 0) > maxBytes

/** Closing a socket with unread data resets it, which may destroy the answer in flight. */
function closeSlowly(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end()
    const cut = setTimeout(() => socket.destroy(), LINGER_MS)
    socket.once('close', () => clearTimeout(cut))
  }
}
