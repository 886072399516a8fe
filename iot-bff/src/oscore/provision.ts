import { randomBytes } from 'node:crypto'
import type { Seal } from '@harbor/shared-runtime/seal'
import type { Context } from '../devices/record.ts'
import { KEY_BYTES } from './ccm.ts'

/** Three bytes in every request; with a hundred thousand devices a few share one, and are told apart by their keys. */
const ID_BYTES = 3
const SALT_BYTES = 8

/** What a device is given once, hexadecimal, and what is kept of it. */
export type NewContext = {
  readonly given: { readonly id: string; readonly masterSecret: string; readonly masterSalt: string }
  readonly kept: Context
}

/** Makes a security context for a device: random secret and salt, sealed for the registry. */
export function newContext(seal: Seal, device: string): NewContext {
  const id = randomBytes(ID_BYTES).toString('hex')
  const masterSecret = randomBytes(KEY_BYTES).toString('hex')
  const masterSalt = randomBytes(SALT_BYTES).toString('hex')
  const sealed = seal.seal(`${masterSecret}${masterSalt}`, purpose(device, id))
  return { given: { id, masterSecret, masterSalt }, kept: { id, sealed } }
}

/** Secret and salt of a context at rest; `undefined` when it was sealed with other keys, or for another device. */
export function openContext(
  seal: Seal,
  device: string,
  { id, sealed }: Context,
): { secret: Buffer; salt: Buffer } | undefined {
  const bytes = Buffer.from(seal.open(sealed, purpose(device, id)) ?? '', 'hex')
  if (bytes.length !== KEY_BYTES + SALT_BYTES) return undefined
  return { secret: bytes.subarray(0, KEY_BYTES), salt: bytes.subarray(KEY_BYTES) }
}

const purpose = (device: string, id: string): string => `oscore ${device} ${id}`
