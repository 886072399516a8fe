/** The registered content formats (RFC 7252 §12.3) that are used here. */
export const CONTENT_FORMAT = {
  TEXT: 0,
  LINKS: 40,
  OCTETS: 42,
  CBOR: 60,
  SENML_JSON: 110,
  SENML_CBOR: 112,
} as const
