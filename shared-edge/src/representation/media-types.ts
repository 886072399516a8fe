import { encode, rfc8949EncodeOptions } from 'cborg'

// Deterministic (RFC 8949, 4.2.1): the same view has the same bytes, and so the same ETag.
const CBOR = { ...rfc8949EncodeOptions, ignoreUndefinedProperties: true }

/** The forms in which every screen is to be had, and the bytes of a view in each; the first is the default. */
const ENCODERS = {
  'application/json': (view: object): Uint8Array => Buffer.from(JSON.stringify(view)),
  'application/cbor': (view: object): Uint8Array => encode(view, CBOR),
} as const

export type MediaType = keyof typeof ENCODERS

export const MEDIA_TYPES = Object.keys(ENCODERS) as MediaType[]

/** What a URL calls them. */
export const FORMATS = {
  json: 'application/json',
  cbor: 'application/cbor',
} as const satisfies Record<string, MediaType>

/** A view as bytes; money and times are the same values in every form. */
export const encodeView = (view: object, mediaType: MediaType): Uint8Array => ENCODERS[mediaType](view)
