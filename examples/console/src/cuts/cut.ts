/** One exchange with a BFF: what went over the wire, and how long it took. */
export type Exchange = {
  /** As a person would type it. */
  request: string
  /** `200`, `304`, `2.05`. */
  status: string
  ms: number
  /** Bytes on the wire, headers included; over CoAP the datagrams. */
  up: number
  down: number
  /** Where the answer came from, as `Cache-Status` says (RFC 9211); over CoAP, which has no such option, nothing. */
  cache: string | undefined
}

/** What one kind of consumer gets of a product. */
export type Cut = {
  face: Face
  first: Exchange
  /** The same again, with the validator of the first. */
  again: Exchange
  /** Calls to domain services during the first exchange. */
  upstreamCalls: number
  /** What the consumer shows, as label and value. */
  shown: [label: string, value: string][]
  /** Whether the product can be had; `undefined` when the answer does not say. */
  inStock: boolean | undefined
  /** The answer, shortened. */
  body: string
}

export type Face = 'web' | 'mobile' | 'device'

/** A face that did not answer. */
export type Failure = { face: Face; failed: string }

const SHOWN_CHARACTERS = 2_400

/** A body for people: JSON with indentation, and not more than fits. */
export function readable(body: string): string {
  let text = body
  try {
    text = JSON.stringify(JSON.parse(body), undefined, 2)
  } catch {
    // It is not JSON, and shown as it is.
  }
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}\n…` : text
}
