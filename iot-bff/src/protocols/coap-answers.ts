import { LINKS, RETRY_AFTER_S, type Refusal } from '../access/resources.ts'
import { type Block, blockOf, encodeBlock } from '../codecs/coap-block.ts'
import { CODE, type CoapOption, encodeUint, NO_BYTES, OPTION } from '../codecs/coap-message.ts'
import { CONTENT_FORMAT } from '../codecs/content-format.ts'
import { READ_MESSAGES } from '../messages/index.ts'
import type { Format, Representation } from '../messages/representation.ts'
import type { Resource } from '../stock/flag-store.ts'
import type { Receipt } from '../telemetry/intake.ts'

/** A response without what makes it a message: type, message id and token. */
export type CoapAnswer = {
  readonly code: number
  readonly options: readonly CoapOption[]
  readonly payload: Buffer
}

const CODE_OF_REFUSAL: Record<Refusal, number> = {
  not_found: CODE.NOT_FOUND,
  forbidden: CODE.FORBIDDEN,
  unavailable: CODE.SERVICE_UNAVAILABLE,
}

/** The format that an Accept option names; the default without one. */
export const formatFor = (resource: Resource, accept: number | undefined): Format | undefined =>
  accept === undefined || accept === READ_MESSAGES[resource.kind].plain.contentFormat
    ? 'plain'
    : FORMATS.get(accept)

const FORMATS: ReadonlyMap<number, Format> = new Map<number, Format>([
  [CONTENT_FORMAT.CBOR, 'cbor'],
  [CONTENT_FORMAT.SENML_CBOR, 'senml'],
])

/** A code alone: errors have no body. */
export function bare(code: number): CoapAnswer {
  return { code, options: [], payload: NO_BYTES }
}

export const unauthorized: CoapAnswer = bare(CODE.UNAUTHORIZED)

/** A code for a request under OSCORE that could not be verified, which no cache may keep (RFC 8613 §8.2). */
export const unverified = (code: number): CoapAnswer => ({
  code,
  options: [uint(OPTION.MAX_AGE, 0)],
  payload: NO_BYTES,
})

/** 2.04 for telemetry that is safe, with the number of records that were refused in decimal digits, if there are any. */
export function receiptOf(receipt: Receipt): CoapAnswer {
  if (receipt.outcome === 'malformed') return bare(CODE.BAD_REQUEST)
  if (receipt.outcome === 'unavailable') return refused('unavailable')
  const payload = receipt.refused > 0 ? Buffer.from(String(receipt.refused)) : NO_BYTES
  return { code: CODE.CHANGED, options: [], payload }
}

/** How a client wants a state to be sent. */
export type Wanted = { readonly accept: number | undefined; readonly block: Block | undefined }

/** A notification: without an ETag, as an observer has the last state anyway, and two bytes count. */
export function notification(
  { body }: Representation,
  { accept, block }: Wanted,
  maxAgeS: number,
  sequence: number,
): CoapAnswer {
  const options = [uint(OPTION.OBSERVE, sequence), ...contentFormat(accept), uint(OPTION.MAX_AGE, maxAgeS)]
  // The rest of a body that does not fit is fetched block by block (RFC 7959 §3.4).
  return inBlocks({ code: CODE.CONTENT, options, payload: body }, block && { ...block, number: 0 })
}

/** The state, or 2.03 when the client has it. The format is named only to a client that named it. */
export function content(
  { body, etag }: Representation,
  { accept, block }: Wanted,
  maxAgeS: number,
  { held, sequence }: { held: boolean; sequence: number | undefined },
): CoapAnswer {
  const options: CoapOption[] = [{ number: OPTION.ETAG, value: etag }]
  if (sequence !== undefined) options.push(uint(OPTION.OBSERVE, sequence))
  if (!held) options.push(...contentFormat(accept))
  options.push(uint(OPTION.MAX_AGE, maxAgeS))
  if (held) return { code: CODE.VALID, options, payload: NO_BYTES }
  return inBlocks({ code: CODE.CONTENT, options, payload: body }, block)
}

/** The links, whatever the device; 4.06 for another format. */
export function links({ accept, block }: Wanted): CoapAnswer {
  if (accept !== undefined && accept !== CONTENT_FORMAT.LINKS) return bare(CODE.NOT_ACCEPTABLE)
  return inBlocks({ code: CODE.CONTENT, options: LINKS_OPTIONS, payload: LINKS }, block)
}

const LINKS_OPTIONS = [uint(OPTION.CONTENT_FORMAT, CONTENT_FORMAT.LINKS)]

/** The block that was asked for; a body that fits into the first one is sent as it is. */
function inBlocks(answer: CoapAnswer, block: Block | undefined): CoapAnswer {
  if (block === undefined) return answer
  const part = blockOf(answer.payload, block)
  if (part === undefined) return bare(CODE.BAD_REQUEST)
  if (block.number === 0 && !part.more) return answer
  const option = { number: OPTION.BLOCK2, value: encodeBlock(block, part.more) }
  return { code: answer.code, options: [...answer.options, option], payload: part.bytes }
}

/** The code of a refusal; with 5.03, when to ask again. */
export const refused = (refusal: Refusal, retryAfterS = RETRY_AFTER_S): CoapAnswer => ({
  code: CODE_OF_REFUSAL[refusal],
  options: refusal === 'unavailable' ? [uint(OPTION.MAX_AGE, retryAfterS)] : [],
  payload: NO_BYTES,
})

/** 4.29: not before so many seconds (RFC 8516), or at once with the Echo value in the request. */
export const tooMany = (retryAfterS: number, echo?: Buffer): CoapAnswer => ({
  code: CODE.TOO_MANY_REQUESTS,
  options: [uint(OPTION.MAX_AGE, retryAfterS), ...(echo ? [{ number: OPTION.ECHO, value: echo }] : [])],
  payload: NO_BYTES,
})

/** 4.01 that asks for the same request with the value in it. */
export const challenge = (value: Buffer): CoapAnswer => ({
  code: CODE.UNAUTHORIZED,
  options: [{ number: OPTION.ECHO, value }],
  payload: NO_BYTES,
})

function uint(number: number, value: number): CoapOption {
  return { number, value: encodeUint(value) }
}

const contentFormat = (accept: number | undefined): CoapOption[] =>
  accept === undefined ? [] : [uint(OPTION.CONTENT_FORMAT, accept)]
