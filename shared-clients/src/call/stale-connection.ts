import { errors } from 'undici'

/**
 * Whether a call failed because the upstream had closed the kept-alive connection on which it was sent: it was
 * used before, and not a byte of an answer to this call came.
 */
export function isStaleConnection(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  // undici says how much a connection that ended had brought before: nothing, when this was its first call.
  if (cause instanceof errors.SocketError) return (cause.socket?.bytesRead ?? 0) > 0
  return 'code' in cause && (cause.code === 'ECONNRESET' || cause.code === 'EPIPE')
}
