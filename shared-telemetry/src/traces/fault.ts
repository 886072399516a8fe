import type { Finished, Joined } from '@harbor/shared-clients/call-events'
import type { UpstreamError } from '@harbor/shared-runtime/errors'
import type { CallFault } from './record.ts'

/** Causes of a failed connection, by the codes of Node and undici. */
const CONNECTION = new Map([
  ['ECONNREFUSED', 'refused the connection'],
  ['ECONNRESET', 'cut the connection'],
  ['EPIPE', 'cut the connection'],
  ['UND_ERR_SOCKET', 'cut the connection'],
  ['UND_ERR_CONNECT_TIMEOUT', 'could not be connected to in time'],
  ['ENOTFOUND', 'has an address that is not known'],
])
/** A cause of a cause; errors of libraries are nested no deeper. */
const MAX_DEPTH = 4

/** What went wrong with a call; `undefined` for one that did not fail, or failed by what it asked. */
export function faultOfCall(ended: Finished | Joined): CallFault | undefined {
  const { code, error, limitMs } = ended
  const upstream = error?.upstream ?? ended.upstream
  const fault = (kind: CallFault['kind'], words: string): CallFault => ({ kind, upstream, words })
  if ('attempts' in ended && ended.attempts === 0 && upstream === ended.upstream) {
    if (code === 'unavailable') return fault('breaker-open', 'was not called: its circuit breaker was open')
    if (code === 'overloaded')
      return fault('bulkhead-full', 'was not called: too many calls to it were running and waiting')
  }
  switch (code) {
    case 'timeout':
      return fault('timeout', `did not answer within ${Math.round(limitMs)} ms`)
    case 'unavailable':
      return unavailable(error, fault)
    case 'overloaded':
      return fault('overloaded', 'answered that it is overloaded')
    case 'invalid_answer':
      return fault('malformed', 'gave a malformed answer')
    case 'unauthorized':
      return fault('refused', 'did not accept the token of this BFF')
    case 'forbidden':
      return fault('refused', 'did not let this BFF do it')
    default:
      return undefined
  }
}

type Make = (kind: CallFault['kind'], words: string) => CallFault

function unavailable(error: UpstreamError | undefined, fault: Make): CallFault {
  const connection = connectionFault(error?.cause)
  if (connection !== undefined) return fault('connection', connection)
  return error?.status === undefined
    ? fault('connection', 'could not be reached, or cut the connection')
    : fault('server-error', `answered ${error.status}`)
}

/** Words for the first known code among the causes. */
function connectionFault(cause: unknown): string | undefined {
  let current = cause
  for (let depth = 0; depth < MAX_DEPTH && typeof current === 'object' && current !== null; depth++) {
    const words = CONNECTION.get('code' in current ? String(current.code) : '')
    if (words !== undefined) return words
    // gRPC tells it in its text only.
    if (
      'details' in current &&
      /ECONNREFUSED|ECONNRESET|No connection established/.test(String(current.details))
    )
      return 'refused the connection'
    current = 'cause' in current ? current.cause : undefined
  }
  return undefined
}
