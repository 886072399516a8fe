import { encode, rfc8949EncodeOptions } from 'cborg'
import { parseAccept } from 'hono/utils/accept'

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

/** The most welcome of our media types for an `Accept` header (RFC 9110, 12.5.1); `undefined` when none is. */
export function negotiateMediaType(accept: string | undefined): MediaType | undefined {
  if (accept === undefined || accept === '') return MEDIA_TYPES[0]
  const ranges = parseAccept(accept.toLowerCase())
  const refused = new Set(ranges.filter(({ q }) => q === 0).map(({ type }) => type))
  for (const { type: range, q } of ranges) {
    if (q === 0) continue
    const found = MEDIA_TYPES.find((type) => !refused.has(type) && isWithin(type, range))
    if (found) return found
  }
  return undefined
}

const isWithin = (type: MediaType, range: string): boolean =>
  range === type || range === '*/*' || range === 'application/*'
