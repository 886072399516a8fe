import { type Block, decodeBlock } from './coap-block.ts'
import { CODE, type CoapMessage, decodeUint, OPTION } from './coap-message.ts'

/** What the options of a request say, as far as this server understands them. */
export type CoapRequest = {
  readonly path: readonly string[]
  /** A content format; none when the request leaves the choice. */
  readonly accept: number | undefined
  /** The format of the payload. */
  readonly contentFormat: number | undefined
  /** The states that the client holds already. */
  readonly etags: readonly Buffer[]
  readonly observe: 'register' | 'deregister' | undefined
  readonly block: Block | undefined
  readonly echo: Buffer | undefined
}

/** Lengths in bytes, and whether an option may be there several times (RFC 7252 §5.10, 7641, 7959, 9175). */
type Rule = { readonly min: number; readonly max: number; readonly repeatable?: true }

const RULES: ReadonlyMap<number, Rule> = new Map<number, Rule>([
  [OPTION.URI_HOST, { min: 1, max: 255 }],
  [OPTION.ETAG, { min: 1, max: 8, repeatable: true }],
  [OPTION.OBSERVE, { min: 0, max: 3 }],
  [OPTION.URI_PORT, { min: 0, max: 2 }],
  [OPTION.URI_PATH, { min: 0, max: 255, repeatable: true }],
  [OPTION.CONTENT_FORMAT, { min: 0, max: 2 }],
  [OPTION.URI_QUERY, { min: 0, max: 255, repeatable: true }],
  [OPTION.ACCEPT, { min: 0, max: 2 }],
  [OPTION.BLOCK2, { min: 0, max: 3 }],
  [OPTION.PROXY_URI, { min: 1, max: 1034 }],
  [OPTION.PROXY_SCHEME, { min: 1, max: 255 }],
  [OPTION.ECHO, { min: 1, max: 40 }],
])

/**
 * Reads the options of a request. An option that is unknown, doubled or of a wrong length is ignored when it is
 * elective (RFC 7252 §5.4).
 * @returns the code to refuse with, when it is critical
 */
export function readRequest({ options }: Pick<CoapMessage, 'options'>): CoapRequest | number {
  const path: string[] = []
  let etags: Buffer[] | undefined
  let accept: number | undefined
  let contentFormat: number | undefined
  let observe: CoapRequest['observe']
  let block: Block | undefined
  let echo: Buffer | undefined
  let previous = -1
  for (const { number, value } of options) {
    const rule = RULES.get(number)
    const isRepeated = number === previous
    previous = number
    if (rule === undefined || !isValid(rule, value, isRepeated)) {
      if (isCritical(number)) return CODE.BAD_OPTION
      continue
    }
    switch (number) {
      case OPTION.URI_PATH:
        path.push(value.toString())
        break
      case OPTION.ETAG:
        etags ??= []
        etags.push(value)
        break
      case OPTION.OBSERVE:
        observe = readObserve(value)
        break
      case OPTION.ACCEPT:
        accept = decodeUint(value)
        break
      case OPTION.CONTENT_FORMAT:
        contentFormat = decodeUint(value)
        break
      case OPTION.BLOCK2:
        block = decodeBlock(decodeUint(value) ?? 0)
        if (block === undefined) return CODE.BAD_REQUEST
        break
      case OPTION.ECHO:
        echo = value
        break
      // There is one host and one port, and no resource that a query would change.
      case OPTION.URI_HOST:
      case OPTION.URI_PORT:
      case OPTION.URI_QUERY:
        break
      case OPTION.PROXY_URI:
      case OPTION.PROXY_SCHEME:
        return CODE.PROXYING_NOT_SUPPORTED
    }
  }
  return { path, accept, contentFormat, etags: etags ?? NONE, observe, block, echo }
}

const NONE: readonly Buffer[] = []

const isValid = ({ min, max, repeatable }: Rule, { length }: Buffer, isRepeated: boolean): boolean =>
  length >= min && length <= max && (!isRepeated || repeatable === true)

function readObserve(value: Buffer): CoapRequest['observe'] {
  const number = decodeUint(value)
  return number === 0 ? 'register' : number === 1 ? 'deregister' : undefined
}

const isCritical = (number: number): boolean => (number & 1) === 1
