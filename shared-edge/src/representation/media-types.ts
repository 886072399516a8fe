import { encode, rfc8949EncodeOptions } from 'cborg'

// Deterministic (RFC 8949, 4.2.1): the same view has the same bytes, and so the same ETag.
const CBOR = { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true }

/** The representations of every screen, and the serialiser of each; the first is the default. */
const ENCODERS = {
  'application/json': (view: object): Uint8Array => Buffer.from(JSON.stringify(view)),
  'application/cbor': (view: object): Uint8Array => encode(view, CBOR),
} as const

export type MediaType = keyof typeof ENCODERS

/** Their names in a URL. */
export const FORMATS = {
  json: 'application/json',
  cbor: 'application/cbor',
} as const satisfies Record<string, MediaType>

/** A view as bytes; money and times have the same values in every representation. */
export const encodeView = (view: object, mediaType: MediaType): Uint8Array => ENCODERS[mediaType](view)
