import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { setting } from './config/config.ts'
import type { Part } from './process/part.ts'

/** Encrypts data stored outside this process, so that reading it reveals nothing and changes are detected. */
export type Seal = {
  /** `context` states the purpose of the text; a text sealed for one purpose does not open for another. */
  seal(text: string, context: string): string
  /** `undefined` for text that was not sealed with one of the keys for this context, or was changed since. */
  open(sealed: string, context: string): string | undefined
}

const KEY_BYTES = 32
const ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/**
 * AES-256-GCM, as base64url of key id, initialisation vector, tag, ciphertext. The first key seals, all keys open: to
 * rotate, put a new key in front, and remove the old one once nothing sealed with it remains.
 * @throws {RangeError} without a key, or for a key that is not 32 bytes long
 */
export function createSeal(keys: readonly Buffer[]): Seal {
  const [newest] = keys
  if (!newest) throw new RangeError('a seal needs a key')
  if (keys.some(({ length }) => length !== KEY_BYTES)) throw new RangeError(`a key has ${KEY_BYTES} bytes`)
  const byId = new Map(keys.map((key) => [idOf(key).toString('hex'), key]))

  return {
    seal(text, context) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, newest, iv).setAAD(Buffer.from(context))
      const hidden = [cipher.update(text, 'utf8'), cipher.final()]
      return Buffer.concat([idOf(newest), iv, cipher.getAuthTag(), ...hidden]).toString('base64url')
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed, 'base64url')
      const key = byId.get(bytes.toString('hex', 0, ID_BYTES))
      const text = ID_BYTES + IV_BYTES + TAG_BYTES
      if (!key || bytes.length < text) return undefined
      const iv = bytes.subarray(ID_BYTES, ID_BYTES + IV_BYTES)
      const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(ID_BYTES + IV_BYTES, text))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(text)), decipher.final()]).toString('utf8')
      } catch {
        return undefined
      }
    },
  }
}

/** Identifies the key without revealing anything about it. */
const idOf = (key: Buffer) => createHash('sha256').update('key id').update(key).digest().subarray(0, ID_BYTES)

const toKey = (text: string) => Buffer.from(text, 'base64')
const isKey = (text: string) => /^[\w+/-]{43}=?$/.test(text) && toKey(text).length === KEY_BYTES

const NEEDED_WITH_REDIS = 'Needed with REDIS_URL; without it a random key when not set.'

/** `SEAL_KEYS`: the keys of a seal; `what` says in a clause what they do, `need` when they are needed, for the docs. */
export const sealKeys = (what: string, need: string = NEEDED_WITH_REDIS) =>
  setting(
    z
      .string()
      .transform((list) => list.split(',').map((key) => key.trim()))
      .refine((keys) => keys.every(isKey))
      .transform((keys) => keys.map(toKey))
      .optional(),
    {
      about: `Keys that ${what}: the first seals, all open. ${need}`,
      allowed: `${KEY_BYTES} random bytes in base64 (openssl rand -base64 32), or several with commas between`,
      secret: true,
    },
  )

type Settings = { readonly SEAL_KEYS?: readonly Buffer[] | undefined; readonly REDIS_URL?: unknown }

/** Replicas that share sealed data must share the keys: with a random key no other replica could open it. */
export const sealKeysFitRedis = ({ SEAL_KEYS, REDIS_URL }: Settings): boolean =>
  REDIS_URL === undefined || SEAL_KEYS !== undefined

export const SEAL_KEYS_MISSING =
  'SEAL_KEYS: given nothing; needed with REDIS_URL, so that every replica can open the stored data'

/** The key ids on `/readyz`, so that replicas can be compared. */
export const sealKeysPart = ({ SEAL_KEYS }: Settings): Part => ({
  name: 'sealKeys',
  start: async () => undefined,
  stop: async () => {},
  details: () => SEAL_KEYS?.map((key) => idOf(key).toString('hex')) ?? 'random, of this process only',
})

/** The seal of a process; without SEAL_KEYS it has a random key, because its data ends with the process. */
export const sealOf = ({ SEAL_KEYS }: Settings): Seal => createSeal(SEAL_KEYS ?? [randomBytes(KEY_BYTES)])
