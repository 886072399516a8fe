import { encode } from 'cborg'
import { encodeRecord } from '../codecs/senml.ts'
import { type Representations, represent } from './representation.ts'

/** The flags of a device's list, in the list's order. */
export type StockBitmap = {
  readonly kind: 'bitmap'
  readonly store: string
  /** `{device}/{list}`. */
  readonly name: string
  /** 0…255, raised by whoever changes the list: a device sees that its own copy is out of date. */
  readonly version: number
  readonly skus: readonly string[]
  /** None while a SKU of the list is not known: a bit has no third value. */
  readonly answers: Representations | undefined
}

/**
 * One byte of list version, then a bit for each flag, most significant bit first;
 * the bits that fill up the last byte are 0.
 */
export function encodeBits(version: number, flags: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(1 + Math.ceil(flags.length / 8))
  bytes.writeUInt8(version, 0)
  flags.forEach((available, index) => {
    const at = 1 + (index >> 3)
    if (available) bytes.writeUInt8(bytes.readUInt8(at) | (0x80 >> (index & 7)), at)
  })
  return bytes
}

/** The bits as they are, as a CBOR byte string, and as a SenML record with `vd`. */
export function encodeBitmap(name: string, version: number, flags: readonly boolean[]): Representations {
  const bits = encodeBits(version, flags)
  return {
    plain: represent('plain', bits),
    cbor: represent('cbor', Buffer.from(encode(bits))),
    senml: represent('senml', encodeRecord(name, bits)),
  }
}
