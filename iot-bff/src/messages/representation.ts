import { createHash } from 'node:crypto'

/** `plain` is the shortest: one character for a flag, raw bytes for a bitmap. */
export type Format = 'plain' | 'cbor' | 'senml'

/** A state in one format, made when the state changes and sent as it is. */
export type Representation = {
  readonly format: Format
  readonly body: Buffer
  /** The body itself where it has eight bytes or less, else the start of its hash. */
  readonly etag: Buffer
  /** The entity tag in characters, for protocols of text. */
  readonly etagText: string
}

/** A state in every format. */
export type Representations = Readonly<Record<Format, Representation>>

const MAX_ETAG_BYTES = 8

/** Makes the representation; a tag is a digit as it stands or, for anything binary, hexadecimal. */
export function represent(format: Format, body: Buffer): Representation {
  const etag =
    body.length <= MAX_ETAG_BYTES
      ? body
      : createHash('sha256').update(body).digest().subarray(0, MAX_ETAG_BYTES)
  const text = body.toString('latin1')
  return { format, body, etag, etagText: /^[01]$/.test(text) ? text : etag.toString('hex') }
}
