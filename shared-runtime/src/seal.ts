import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { setting } from './config.ts'
import type { Part } from './part.ts'

/** Encrypts what is kept outside of this process, so that who reads or changes it there gains nothing. */
export type Seal = {
  /** `context` says what the text is for; sealed for one thing it does not open as another. */
  seal(text: string, context: string): string
  /** `undefined` for what was not sealed by one of the keys, for this context, or was changed since. */
  open(sealed: string, context: string): string | undefined
}

const KEY_BYTES = 32
const ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/**
 * AES-256-GCM, as base64url of key id, initialisation vector, tag, text. The first key seals, all of them
 * open: a new key is put in front, and the old one taken away once nothing is left that it has sealed.
 * @throws {RangeError} for no key, or one that has not 32 bytes
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

/** Says which key it was, and nothing else of it. */
const idOf = (key: Buffer) => createHash('sha256').update('key id').update(key).digest().subarray(0, ID_BYTES)

const toKey = (text: string) => Buffer.from(text, 'base64')
const isKey = (text: string) => /^[\w+/-]{43}=?$/.test(text) && toKey(text).length === KEY_BYTES

/** `SEAL_KEYS`: the keys of a seal; `what` it is that they seal. */
export const sealKeys = (what: string) =>
  setting(
    z
      .string()
      .transform((list) => list.split(',').map((key) => key.trim()))
      .refine((keys) => keys.every(isKey))
      .transform((keys) => keys.map(toKey))
      .optional(),
    {
      about: `Keys that ${what}: the first seals, all open. Needed with REDIS_URL; without it a random key when not set.`,
      allowed: `${KEY_BYTES} random bytes in base64 (openssl rand -base64 32), or several with commas between`,
      secret: true,
    },
  )

type Settings = { readonly SEAL_KEYS?: readonly Buffer[] | undefined; readonly REDIS_URL?: unknown }

/** Replicas that share what is sealed have to share the keys: one of its own would open nobody else's. */
export const sealKeysFitRedis = ({ SEAL_KEYS, REDIS_URL }: Settings): boolean =>
  REDIS_URL === undefined || SEAL_KEYS !== undefined

export const SEAL_KEYS_MISSING =
  'SEAL_KEYS: given nothing; needed with REDIS_URL, so that every replica can open what is there'

/** What `/readyz` shows of the keys: their ids, so that replicas can be compared. */
export const sealKeysPart = ({ SEAL_KEYS }: Settings): Part => ({
  name: 'sealKeys',
  start: async () => undefined,
  stop: async () => {},
  details: () => SEAL_KEYS?.map((key) => idOf(key).toString('hex')) ?? 'of this process alone',
})

/** The seal of a process: with a key that dies with it, where nothing outlives it. */
export const sealOf = ({ SEAL_KEYS }: Settings): Seal => createSeal(SEAL_KEYS ?? [randomBytes(KEY_BYTES)])
