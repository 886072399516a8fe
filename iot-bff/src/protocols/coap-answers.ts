import { CODE, type CoapOption, encodeUint, NO_BYTES, OPTION } from '../codecs/coap-message.ts'
import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import type { Resource } from '../flag-store.ts'
import type { Format, Representation } from '../messages/representation.ts'
import { LINKS, RETRY_AFTER_S, type Refusal } from '../resources.ts'

/** A response without what makes it a message: type, message id and token. */
export type CoapAnswer = {
  readonly code: number
  readonly options: readonly CoapOption[]
  readonly payload: Buffer
}

const FORMATS: Record<Resource['kind'], ReadonlyMap<number | undefined, Format>> = {
  flag: formats(CONTENT_FORMAT.TEXT),
  bitmap: formats(CONTENT_FORMAT.OCTETS),
}

const CODE_OF_REFUSAL: Record<Refusal, number> = {
  not_found: CODE.NOT_FOUND,
  forbidden: CODE.FORBIDDEN,
  unavailable: CODE.SERVICE_UNAVAILABLE,
}

/** The format that an Accept option names; the default without one. */
export const formatFor = (resource: Resource, accept: number | undefined): Format | undefined =>
  FORMATS[resource.kind].get(accept)

/** A code alone: errors have no body. */
export const bare = (code: number): CoapAnswer => ({ code, options: [], payload: NO_BYTES })

/** What a notification says: no ETag, as an observer holds the last state anyway, and two bytes count. */
export const notification = (
  { body }: Representation,
  accept: number | undefined,
  maxAgeS: number,
  sequence: number,
): CoapAnswer => ({
  code: CODE.CONTENT,
  options: [uint(OPTION.OBSERVE, sequence), ...contentFormat(accept), uint(OPTION.MAX_AGE, maxAgeS)],
  payload: body,
})

/** The state, or 2.03 when the client holds it. The format is named only to a client that named it. */
export function content(
  { body, etag }: Representation,
  accept: number | undefined,
  maxAgeS: number,
  { held, sequence }: { held: boolean; sequence: number | undefined },
): CoapAnswer {
  const options: CoapOption[] = [{ number: OPTION.ETAG, value: etag }]
  if (sequence !== undefined) options.push(uint(OPTION.OBSERVE, sequence))
  if (!held) options.push(...contentFormat(accept))
  options.push(uint(OPTION.MAX_AGE, maxAgeS))
  return { code: held ? CODE.VALID : CODE.CONTENT, options, payload: held ? NO_BYTES : body }
}

/** The links, whatever the device. */
export const LINKS_ANSWER: CoapAnswer = {
  code: CODE.CONTENT,
  options: [uint(OPTION.CONTENT_FORMAT, CONTENT_FORMAT.LINKS)],
  payload: LINKS,
}

/** The code of a refusal; with 5.03, when to ask again. */
export const refused = (refusal: Refusal, retryAfterS = RETRY_AFTER_S): CoapAnswer => ({
  code: CODE_OF_REFUSAL[refusal],
  options: refusal === 'unavailable' ? [uint(OPTION.MAX_AGE, retryAfterS)] : [],
  payload: NO_BYTES,
})

/** 4.29: not before so many seconds (RFC 8516). */
export const tooMany = (retryAfterS: number): CoapAnswer => ({
  code: CODE.TOO_MANY_REQUESTS,
  options: [uint(OPTION.MAX_AGE, retryAfterS)],
  payload: NO_BYTES,
})

/** 4.01 that asks for the request once more, with the value in it. */
export const challenge = (value: Buffer): CoapAnswer => ({
  code: CODE.UNAUTHORIZED,
  options: [{ number: OPTION.ECHO, value }],
  payload: NO_BYTES,
})

function formats(plain: number): ReadonlyMap<number | undefined, Format> {
  return new Map([
    [undefined, 'plain'],
    [plain, 'plain'],
    [CONTENT_FORMAT.CBOR, 'cbor'],
    [CONTENT_FORMAT.SENML_CBOR, 'senml'],
  ])
}

function uint(number: number, value: number): CoapOption {
  return { number, value: encodeUint(value) }
}

const contentFormat = (accept: number | undefined): CoapOption[] =>
  accept === undefined ? [] : [uint(OPTION.CONTENT_FORMAT, accept)]
