/** A CoAP message as it stands in a datagram (RFC 7252 §3). */
export type CoapMessage = {
  readonly type: number
  /** Class in the upper three bits, detail in the lower five: 2.05 is `0x45`. */
  readonly code: number
  readonly messageId: number
  /** At most eight bytes. */
  readonly token: Buffer
  /** In ascending order of number. */
  readonly options: readonly CoapOption[]
  readonly payload: Buffer
}

export type CoapOption = { readonly number: number; readonly value: Buffer }

/** A datagram of the right version that is not a message; a confirmable one has to be reset. */
export type Malformed = { readonly malformed: true; readonly type: number; readonly messageId: number }

export const TYPE = { CON: 0, NON: 1, ACK: 2, RST: 3 } as const

export const CODE = {
  EMPTY: 0x00,
  GET: 0x01,
  POST: 0x02,
  FETCH: 0x05,
  CHANGED: 0x44,
  VALID: 0x43,
  CONTENT: 0x45,
  BAD_REQUEST: 0x80,
  UNAUTHORIZED: 0x81,
  BAD_OPTION: 0x82,
  FORBIDDEN: 0x83,
  NOT_FOUND: 0x84,
  METHOD_NOT_ALLOWED: 0x85,
  NOT_ACCEPTABLE: 0x86,
  REQUEST_ENTITY_TOO_LARGE: 0x8d,
  UNSUPPORTED_CONTENT_FORMAT: 0x8f,
  /** RFC 8516. */
  TOO_MANY_REQUESTS: 0x9d,
  SERVICE_UNAVAILABLE: 0xa3,
  PROXYING_NOT_SUPPORTED: 0xa5,
} as const

export const OPTION = {
  URI_HOST: 3,
  ETAG: 4,
  OBSERVE: 6,
  URI_PORT: 7,
  /** RFC 8613. */
  OSCORE: 9,
  URI_PATH: 11,
  CONTENT_FORMAT: 12,
  MAX_AGE: 14,
  URI_QUERY: 15,
  ACCEPT: 17,
  BLOCK2: 23,
  PROXY_URI: 35,
  PROXY_SCHEME: 39,
  ECHO: 252,
} as const

export const NO_BYTES: Buffer = Buffer.alloc(0)

const VERSION = 1
const HEADER_BYTES = 4
const PAYLOAD_MARKER = 0xff
const MAX_TOKEN_BYTES = 8
const RESERVED_NIBBLE = 15

/**
 * Reads a datagram. Token, option values and payload are views of it, not copies.
 * @returns `undefined` for what RFC 7252 wants silently ignored: too short, or another version
 */
export function parseMessage(datagram: Buffer): CoapMessage | Malformed | undefined {
  if (datagram.length < HEADER_BYTES) return undefined
  const first = datagram.readUInt8(0)
  if (first >> 6 !== VERSION) return undefined
  const type = (first >> 4) & 0b11
  const code = datagram.readUInt8(1)
  const messageId = datagram.readUInt16BE(2)
  const tokenBytes = first & 0b1111
  const start = HEADER_BYTES + tokenBytes
  const malformed: Malformed = { malformed: true, type, messageId }

  if (tokenBytes > MAX_TOKEN_BYTES || start > datagram.length) return malformed
  if (code === CODE.EMPTY && datagram.length > HEADER_BYTES) return malformed
  if (isReserved(code)) return malformed
  const rest = parseOptions(datagram, start)
  if (rest === undefined) return malformed
  return { type, code, messageId, token: datagram.subarray(HEADER_BYTES, start), ...rest }
}

function parseOptions(datagram: Buffer, start: number): Pick<CoapMessage, 'options' | 'payload'> | undefined {
  const options: CoapOption[] = []
  let at = start
  let number = 0
  while (at < datagram.length) {
    const head = datagram.readUInt8(at++)
    if (head === PAYLOAD_MARKER)
      return at < datagram.length ? { options, payload: datagram.subarray(at) } : undefined
    const extra = extendedBytes(head >> 4) + extendedBytes(head & 0b1111)
    if (Number.isNaN(extra) || at + extra > datagram.length) return undefined
    number += extended(datagram, at, head >> 4)
    at += extendedBytes(head >> 4)
    const length = extended(datagram, at, head & 0b1111)
    at += extendedBytes(head & 0b1111)
    if (at + length > datagram.length || number > 0xffff) return undefined
    options.push({ number, value: datagram.subarray(at, at + length) })
    at += length
  }
  return { options, payload: NO_BYTES }
}

/**
 * Writes a message into a buffer of exactly its size.
 * @throws {RangeError} when the options are not in ascending order, or the token is too long
 */
export function encodeMessage({ type, code, messageId, token, options, payload }: CoapMessage): Buffer {
  if (token.length > MAX_TOKEN_BYTES) throw new RangeError('a CoAP token has at most 8 bytes')
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + token.length + contentSize(options, payload))
  bytes.writeUInt8((VERSION << 6) | (type << 4) | token.length, 0)
  bytes.writeUInt8(code, 1)
  bytes.writeUInt16BE(messageId, 2)
  const at = HEADER_BYTES + token.copy(bytes, HEADER_BYTES)
  writeContent(bytes, at, options, payload)
  return bytes
}

/** What a message says, without what belongs to its delivery: in front of it stands only the code. */
export type CoapContent = Pick<CoapMessage, 'code' | 'options' | 'payload'>

/** Code, options and payload: the plaintext of OSCORE (RFC 8613 §5.3). */
export function encodeContent({ code, options, payload }: CoapContent): Buffer {
  const bytes = Buffer.allocUnsafe(1 + contentSize(options, payload))
  writeContent(bytes, bytes.writeUInt8(code, 0), options, payload)
  return bytes
}

/** The same read back; option values and payload are views. @returns `undefined` when it is malformed */
export function parseContent(bytes: Buffer): CoapContent | undefined {
  const rest = bytes.length > 0 ? parseOptions(bytes, 1) : undefined
  return rest && { code: bytes.readUInt8(0), ...rest }
}

function writeContent(bytes: Buffer, start: number, options: readonly CoapOption[], payload: Buffer): void {
  let at = start
  let previous = 0
  for (const { number, value } of options) {
    at = writeOption(bytes, at, number - previous, value)
    previous = number
  }
  if (payload.length > 0) payload.copy(bytes, bytes.writeUInt8(PAYLOAD_MARKER, at))
}

const contentSize = (options: readonly CoapOption[], payload: Buffer): number => {
  let size = payload.length > 0 ? 1 + payload.length : 0
  let previous = 0
  for (const { number, value } of options) {
    size += 1 + extendedBytes(nibble(number - previous)) + extendedBytes(nibble(value.length)) + value.length
    previous = number
  }
  return size
}

function writeOption(bytes: Buffer, at: number, delta: number, value: Buffer): number {
  bytes.writeUInt8((nibble(delta) << 4) | nibble(value.length), at)
  let next = writeExtended(bytes, at + 1, delta)
  next = writeExtended(bytes, next, value.length)
  return next + value.copy(bytes, next)
}

/** An unsigned integer without leading zero bytes: 0 is empty (RFC 7252 §3.2). At most four bytes. */
export function encodeUint(value: number): Buffer {
  const length = value === 0 ? 0 : value < 0x100 ? 1 : value < 0x1_0000 ? 2 : value < 0x100_0000 ? 3 : 4
  const bytes = Buffer.allocUnsafe(length)
  if (length > 0) bytes.writeUIntBE(value, 0, length)
  return bytes
}

/** @returns `undefined` for more than four bytes */
export const decodeUint = (bytes: Buffer): number | undefined =>
  bytes.length === 0 ? 0 : bytes.length > 4 ? undefined : bytes.readUIntBE(0, bytes.length)

/** An empty message: the acknowledgement or the reset of another. */
export const emptyMessage = (type: number, messageId: number): Buffer =>
  encodeMessage({ type, code: CODE.EMPTY, messageId, token: NO_BYTES, options: [], payload: NO_BYTES })

// Deltas and lengths up to 12 stand in a nibble; 13 and 14 announce one and two bytes more (§3.1).
function nibble(value: number): number {
  if (value < 0 || value > 0xffff + 269) throw new RangeError('CoAP options must ascend and be short')
  return value < 13 ? value : value < 269 ? 13 : 14
}

const extendedBytes = (part: number): number =>
  part < 13 ? 0 : part === RESERVED_NIBBLE ? Number.NaN : part - 12

const extended = (bytes: Buffer, at: number, part: number): number =>
  part < 13 ? part : part === 13 ? 13 + bytes.readUInt8(at) : 269 + bytes.readUInt16BE(at)

function writeExtended(bytes: Buffer, at: number, value: number): number {
  if (value < 13) return at
  return value < 269 ? bytes.writeUInt8(value - 13, at) : bytes.writeUInt16BE(value - 269, at)
}

/** Classes 1, 6 and 7 are reserved (§3); a message of one is malformed. */
const isReserved = (code: number): boolean => [1, 6, 7].includes(code >> 5)
