import { hash, randomBytes } from 'node:crypto'
import type { Key } from './record.ts'

/** 128 bits: 22 characters, as many as the byte budget of a flag over HTTP has room for. */
const KEY_BYTES = 16
const ID_BYTES = 4

/**
 * A new key and what is kept of it. Keys are random and long, so one SHA-256 keeps them at rest: what makes
 * slow hashes worth their time, guessing, is no danger here.
 */
export function newKey(): { key: string; kept: Key } {
  const key = randomBytes(KEY_BYTES).toString('base64url')
  return { key, kept: { id: `k${randomBytes(ID_BYTES).toString('hex')}`, hash: hashOf(key) } }
}

/** SHA-256, hexadecimal. */
export const hashOf = (key: string): string => hash('sha256', key, 'hex')
