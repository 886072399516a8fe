import { encode } from 'cborg'

/** Labels of RFC 8428, table 4. */
const NAME = 0
const BOOLEAN_VALUE = 4
const DATA_VALUE = 8

/** A SenML pack of one record, in CBOR: a boolean under `vb`, bytes under `vd`. */
export function encodeRecord(name: string, value: boolean | Uint8Array): Buffer {
  const record = new Map<number, string | boolean | Uint8Array>([
    [NAME, name],
    [typeof value === 'boolean' ? BOOLEAN_VALUE : DATA_VALUE, value],
  ])
  return Buffer.from(encode([record]))
}
