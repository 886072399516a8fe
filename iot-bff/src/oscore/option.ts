import { NO_BYTES } from '../codecs/coap-message.ts'
import { MAX_PIV_BYTES } from './keys.ts'

/** What the OSCORE option says of the message (RFC 8613 §6.1). */
export type OscoreOption = {
  /** The partial IV; in an answer there is none where it uses the request's nonce. */
  readonly piv: Buffer | undefined
  /** The id of the sender; an answer needs none. */
  readonly kid: Buffer | undefined
  readonly kidContext: Buffer | undefined
}

const PIV_LENGTH = 0b0_0111
const HAS_KID = 0b0_1000
const HAS_KID_CONTEXT = 0b1_0000
const RESERVED = 0b1110_0000

const NOTHING: OscoreOption = { piv: undefined, kid: undefined, kidContext: undefined }

/** Reads the value of the option; the parts are views of it. @returns `undefined` when it is malformed */
export function readOscoreOption(value: Buffer): OscoreOption | undefined {
  if (value.length === 0) return NOTHING
  const flags = value.readUInt8(0)
  const pivLength = flags & PIV_LENGTH
  if (flags === 0 || flags & RESERVED || pivLength > MAX_PIV_BYTES) return undefined
  let at = 1 + pivLength
  if (value.length < at) return undefined
  const piv = pivLength > 0 ? value.subarray(1, at) : undefined
  if (piv && pivLength > 1 && piv[0] === 0) return undefined
  let kidContext: Buffer | undefined
  if (flags & HAS_KID_CONTEXT) {
    const length = value[at++]
    if (length === undefined || value.length < at + length) return undefined
    kidContext = value.subarray(at, at + length)
    at += length
  }
  if (!(flags & HAS_KID)) return at === value.length ? { piv, kid: undefined, kidContext } : undefined
  return { piv, kid: value.subarray(at), kidContext }
}

/** The value of the option, as short as it can be. */
export function writeOscoreOption({ piv, kid, kidContext }: Partial<OscoreOption>): Buffer {
  const flags =
    (piv?.length ?? 0) | (kid === undefined ? 0 : HAS_KID) | (kidContext === undefined ? 0 : HAS_KID_CONTEXT)
  if (flags === 0) return NO_BYTES
  const context = kidContext === undefined ? [] : [Buffer.from([kidContext.length]), kidContext]
  return Buffer.concat([Buffer.from([flags]), piv ?? NO_BYTES, ...context, kid ?? NO_BYTES])
}
