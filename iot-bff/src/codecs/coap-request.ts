import { CODE, type CoapMessage, decodeUint, OPTION } from './coap-message.ts'

/** What the options of a request say, as far as this server understands them. */
export type CoapRequest = {
  readonly path: readonly string[]
  /** A content format; none when the request leaves the choice. */
  readonly accept: number | undefined
  /** The states that the client holds already. */
  readonly etags: readonly Buffer[]
  readonly observe: 'register' | 'deregister' | undefined
  readonly echo: Buffer | undefined
}

const MAX_ACCEPT_BYTES = 2
const MAX_ECHO_BYTES = 40

/**
 * Reads the options of a request. What is elective and unknown, doubled or of a wrong length is ignored.
 * @returns the code to refuse with, for a critical option that is unknown, doubled or of a wrong length
 */
export function readRequest({ options }: CoapMessage): CoapRequest | number {
  const path: string[] = []
  const etags: Buffer[] = []
  let accept: number | undefined
  let observe: CoapRequest['observe']
  let echo: Buffer | undefined
  let previous = -1
  for (const { number, value } of options) {
    const repeated = number === previous
    previous = number
    switch (number) {
      case OPTION.URI_PATH:
        path.push(value.toString())
        break
      case OPTION.ETAG:
        if (value.length >= 1 && value.length <= 8) etags.push(value)
        break
      case OPTION.OBSERVE:
        if (!repeated) observe = readObserve(value)
        break
      case OPTION.ACCEPT:
        if (repeated || value.length > MAX_ACCEPT_BYTES) return CODE.BAD_OPTION
        accept = decodeUint(value)
        break
      case OPTION.ECHO:
        if (!repeated && value.length >= 1 && value.length <= MAX_ECHO_BYTES) echo = value
        break
      // One host, one port, and no resource that a query would change.
      case OPTION.URI_HOST:
      case OPTION.URI_PORT:
      case OPTION.URI_QUERY:
        break
      case OPTION.PROXY_URI:
      case OPTION.PROXY_SCHEME:
        return CODE.PROXYING_NOT_SUPPORTED
      default:
        if (isCritical(number)) return CODE.BAD_OPTION
    }
  }
  return { path, accept, etags, observe, echo }
}

function readObserve(value: Buffer): CoapRequest['observe'] {
  const number = decodeUint(value)
  return number === 0 ? 'register' : number === 1 ? 'deregister' : undefined
}

const isCritical = (number: number): boolean => (number & 1) === 1
