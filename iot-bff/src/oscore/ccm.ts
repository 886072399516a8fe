import { createCipheriv, timingSafeEqual } from 'node:crypto'

const BLOCK = 16
export const NONCE_BYTES = 13
/** AES-CCM-16-64-128: 16 bits of length, 64 bits of tag, 128 bits of key (RFC 9053 §4.2). */
export const TAG_BYTES = 8
export const KEY_BYTES = 16
const MAX_BYTES = 0xffff
/** First byte of block 0 (RFC 3610 §2.2): tag of 8 bytes, length of 2 bytes; with additional data 0x40 more. */
const FLAGS = 0x19
const WITH_ADDITIONAL_DATA = 0x40
/** First byte of a counter block (§2.3). */
const COUNTER_FLAGS = 0x01

/**
 * AES-CCM with one key. It is made of two ciphers that stay open, since opening one for a message costs many times
 * as much as encrypting it: CBC for the tag, ECB for the key stream.
 */
export class Ccm {
  readonly #cbc
  readonly #ecb
  /** The last block that left the CBC cipher: it is added to the next one, and so taken out beforehand. */
  readonly #chained = Buffer.alloc(BLOCK)

  /** @param key 16 bytes */
  constructor(key: Buffer) {
    this.#cbc = createCipheriv('aes-128-cbc', key, this.#chained).setAutoPadding(false)
    this.#ecb = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  }

  /** The ciphertext with its tag. @param nonce 13 bytes, never the same twice with a key */
  seal(nonce: Buffer, additional: Buffer, plaintext: Buffer): Buffer {
    if (plaintext.length > MAX_BYTES || nonce.length !== NONCE_BYTES)
      throw new RangeError(`at most ${MAX_BYTES} bytes, and a nonce of ${NONCE_BYTES}`)
    const stream = this.#stream(nonce, plaintext.length)
    const tag = this.#tag(nonce, additional, plaintext)
    const sealed = Buffer.allocUnsafe(plaintext.length + TAG_BYTES)
    xor(plaintext, stream, BLOCK, sealed, 0, plaintext.length)
    xor(tag, stream, 0, sealed, plaintext.length, TAG_BYTES)
    return sealed
  }

  /** The plaintext; `undefined` for what was not sealed with the same key, nonce and additional data. */
  open(nonce: Buffer, additional: Buffer, sealed: Buffer): Buffer | undefined {
    const length = sealed.length - TAG_BYTES
    if (length < 0 || length > MAX_BYTES || nonce.length !== NONCE_BYTES) return undefined
    const stream = this.#stream(nonce, length)
    const plaintext = Buffer.allocUnsafe(length)
    xor(sealed, stream, BLOCK, plaintext, 0, length)
    const tag = Buffer.allocUnsafe(TAG_BYTES)
    xor(sealed.subarray(length), stream, 0, tag, 0, TAG_BYTES)
    const expected = this.#tag(nonce, additional, plaintext).subarray(0, TAG_BYTES)
    return timingSafeEqual(tag, expected) ? plaintext : undefined
  }

  /** The key stream: its first block is for the tag. */
  #stream(nonce: Buffer, bytes: number): Buffer {
    const blocks = 1 + Math.ceil(bytes / BLOCK)
    const counters = Buffer.allocUnsafe(blocks * BLOCK)
    for (let block = 0, at = 0; block < blocks; block++, at += BLOCK) {
      counters[at] = COUNTER_FLAGS
      nonce.copy(counters, at + 1)
      counters.writeUInt16BE(block, at + 1 + NONCE_BYTES)
    }
    return this.#ecb.update(counters)
  }

  #tag(nonce: Buffer, additional: Buffer, plaintext: Buffer): Buffer {
    const additionalBytes = additional.length > 0 ? padded(2 + additional.length) : 0
    const input = Buffer.alloc(BLOCK + additionalBytes + padded(plaintext.length))
    input[0] = additionalBytes > 0 ? FLAGS | WITH_ADDITIONAL_DATA : FLAGS
    nonce.copy(input, 1)
    input.writeUInt16BE(plaintext.length, 1 + NONCE_BYTES)
    if (additionalBytes > 0) {
      input.writeUInt16BE(additional.length, BLOCK)
      additional.copy(input, BLOCK + 2)
    }
    plaintext.copy(input, BLOCK + additionalBytes)
    xor(input, this.#chained, 0, input, 0, BLOCK)
    const last = this.#cbc.update(input).subarray(-BLOCK)
    last.copy(this.#chained)
    return last
  }
}

const padded = (bytes: number): number => Math.ceil(bytes / BLOCK) * BLOCK

/** `to[at + n] = from[n] ^ stream[start + n]` */
function xor(from: Buffer, stream: Buffer, start: number, to: Buffer, at: number, bytes: number): void {
  for (let n = 0; n < bytes; n++) to[at + n] = (from[n] ?? 0) ^ (stream[start + n] ?? 0)
}
