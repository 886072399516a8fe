import { encode } from 'cborg'
import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import { encodeRecord } from '../codecs/senml.ts'
import { defineMessage } from './define-message.ts'
import { type Representations, represent } from './representation.ts'

export const stockBitmap = defineMessage({
  kind: 'bitmap',
  reads: [
    { path: ['b'], access: 'own-list', shownAs: '/b' },
    { path: ['b', '{list}'], access: 'own-list' },
  ],
  plain: { contentFormat: CONTENT_FORMAT.OCTETS, mediaType: 'application/octet-stream' },
  topics: [],
})

/** The flags of a device's list, in the list's order. */
export type StockBitmap = {
  readonly kind: typeof stockBitmap.kind
  readonly store: string
  /** `{device}/{list}`. */
  readonly name: string
  /** 0…255, raised by whoever changes the list: a device sees that its own copy is out of date. */
  readonly version: number
  readonly skus: readonly string[]
  /** None while a SKU of the list is not known: a bit has no third value. */
  readonly answers: Representations | undefined
}

/** A bit for each flag, most significant bit first; the bits that fill up the last byte are 0. */
export function encodeBits(flags: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(flags.length / 8))
  flags.forEach((available, index) => {
    const at = index >> 3
    if (available) bytes.writeUInt8(bytes.readUInt8(at) | (0x80 >> (index & 7)), at)
  })
  return bytes
}

/** One byte of list version, then the bits; as they are, as a CBOR byte string, and as a SenML record with `vd`. */
export function encodeBitmap(name: string, version: number, flags: readonly boolean[]): Representations {
  const bits = Buffer.concat([Buffer.from([version]), encodeBits(flags)])
  return {
    plain: represent('plain', bits),
    cbor: represent('cbor', Buffer.from(encode(bits))),
    senml: represent('senml', encodeRecord(name, bits)),
  }
}
