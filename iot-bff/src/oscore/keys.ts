import { hkdfSync } from 'node:crypto'
import { encode } from 'cborg'
import { KEY_BYTES, NONCE_BYTES } from './ccm.ts'

/** What both sides of a security context have in common, and the ids by which they are told apart. */
export type KeyMaterial = {
  readonly secret: Buffer
  readonly salt: Buffer
  readonly senderId: Buffer
  readonly recipientId: Buffer
  readonly idContext?: Buffer
}

/** The keys of one side: it sends with one and receives with the other. */
export type Keys = { readonly sender: Buffer; readonly recipient: Buffer; readonly commonIv: Buffer }

const ALGORITHM = 10
/** Of an id: what a nonce has left of 13 bytes (RFC 8613 §3.3). */
const MAX_ID_BYTES = NONCE_BYTES - 6
/** Of a partial IV. */
export const MAX_PIV_BYTES = 5

/** RFC 8613 §3.2.1, by HKDF-SHA256. */
export function deriveKeys({ secret, salt, senderId, recipientId, idContext }: KeyMaterial): Keys {
  const derived = (id: Buffer, type: 'Key' | 'IV', bytes: number): Buffer =>
    Buffer.from(
      hkdfSync('sha256', secret, salt, encode([id, idContext ?? null, ALGORITHM, type, bytes]), bytes),
    )
  return {
    sender: derived(senderId, 'Key', KEY_BYTES),
    recipient: derived(recipientId, 'Key', KEY_BYTES),
    commonIv: derived(Buffer.alloc(0), 'IV', NONCE_BYTES),
  }
}

/** §5.2: length and bytes of the id of whoever made the partial IV, and the partial IV, added to the common IV. */
export function nonceOf(commonIv: Buffer, id: Buffer, piv: Buffer): Buffer {
  const nonce = Buffer.from(commonIv)
  nonce[0] = (nonce[0] ?? 0) ^ id.length
  const idAt = 1 + MAX_ID_BYTES - id.length
  for (let n = 0; n < id.length; n++) nonce[idAt + n] = (nonce[idAt + n] ?? 0) ^ (id[n] ?? 0)
  const pivAt = NONCE_BYTES - piv.length
  for (let n = 0; n < piv.length; n++) nonce[pivAt + n] = (nonce[pivAt + n] ?? 0) ^ (piv[n] ?? 0)
  return nonce
}

/** `["Encrypt0", h'', external_aad]` up to the length of the last (RFC 9052 §5.3). */
const ENC_STRUCTURE = Buffer.concat([Buffer.from([0x83, 0x68]), Buffer.from('Encrypt0'), Buffer.from([0x40])])
const BYTE_STRING = 0x40
/** Of external_aad without the two ids: version 1, algorithms [10], no class I options. */
const AAD_BYTES = 7

/**
 * The additional data of a request and of its answers (§5.4): version 1, AES-CCM-16-64-128, the request's id and
 * partial IV. Written by hand: these few bytes are on the path of every message.
 */
export function additionalData(requestKid: Buffer, requestPiv: Buffer): Buffer {
  const externalBytes = AAD_BYTES + requestKid.length + requestPiv.length
  const bytes = Buffer.allocUnsafe(ENC_STRUCTURE.length + 1 + externalBytes)
  let at = ENC_STRUCTURE.copy(bytes)
  at = bytes.writeUInt8(BYTE_STRING | externalBytes, at)
  at = bytes.writeUInt32BE(0x8501_810a, at)
  at = bytes.writeUInt8(BYTE_STRING | requestKid.length, at)
  at += requestKid.copy(bytes, at)
  at = bytes.writeUInt8(BYTE_STRING | requestPiv.length, at)
  at += requestPiv.copy(bytes, at)
  bytes.writeUInt8(BYTE_STRING, at)
  return bytes
}

/** A sequence number as a partial IV: as short as it can be, and at least one byte. */
export function encodePiv(sequence: number): Buffer {
  let length = 1
  while (length < MAX_PIV_BYTES && sequence >= 2 ** (8 * length)) length++
  const bytes = Buffer.allocUnsafe(length)
  bytes.writeUIntBE(sequence, 0, length)
  return bytes
}
