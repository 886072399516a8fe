import { decode, encode } from 'cborg'
import { defineMessage } from './define-message.ts'
import { type Representation, represent } from './representation.ts'
import { encodeBits } from './stock-bitmap.ts'
import { IDENTIFIER } from './stock-flag.ts'

/** The flags of SKUs that the device names, for one that is in no list yet; CoAP asks by FETCH (RFC 8132). */
export const namedFlags = defineMessage({ kind: 'named-flags', posts: ['b'], topics: [] })

/** As many as a bitmap of eight bytes has. */
const MAX_NAMES = 64

/** The SKUs of a CBOR array of text, 1 to 64 of them; `undefined` for anything else. */
export function decodeNames(body: Buffer): readonly string[] | undefined {
  try {
    const names: unknown = decode(body)
    if (!Array.isArray(names) || names.length === 0 || names.length > MAX_NAMES) return undefined
    return names.every((name) => typeof name === 'string' && IDENTIFIER.test(name)) ? names : undefined
  } catch {
    return undefined
  }
}

/** In the order of the names: bits, most significant first; `undefined` when one is not known, as a bit has no third value. */
export function encodeNamedBits(flags: readonly (boolean | undefined)[]): Representation | undefined {
  const known = flags.filter((flag) => flag !== undefined)
  return known.length === flags.length ? represent('plain', encodeBits(known)) : undefined
}

/** A CBOR array of true and false, with null for a SKU that is not known. */
export const encodeNamedArray = (flags: readonly (boolean | undefined)[]): Representation =>
  represent('cbor', Buffer.from(encode(flags.map((flag) => flag ?? null))))
