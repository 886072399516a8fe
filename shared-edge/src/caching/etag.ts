import { createHash } from 'node:crypto'

const CHARACTERS = 22

/**
 * A strong validator: equal bytes have the same tag on every replica and after every restart.
 * @param by the coder, on which the sent bytes also depend
 */
export const etagOf = (bytes: string | Uint8Array, by = ''): string =>
  `"${createHash('sha256').update(by).update(bytes).digest('base64url').slice(0, CHARACTERS)}"`
