import { createHash } from 'node:crypto'

const CHARACTERS = 22

/**
 * A strong validator: the same bytes have the same tag on every replica and after every restart.
 * @param by what else the bytes that are sent depend on: the coder that they go through
 */
export const etagOf = (bytes: string | Uint8Array, by = ''): string =>
  `"${createHash('sha256').update(by).update(bytes).digest('base64url').slice(0, CHARACTERS)}"`
