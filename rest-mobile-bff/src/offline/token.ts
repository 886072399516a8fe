import { z } from 'zod'
import type { Position } from './change-log.ts'

const Parts = z.tuple([
  z.string().min(1),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
])

/** A position as stored by the app; its content is opaque. */
export const tokenOf = ({ epoch, at }: Position): string =>
  Buffer.from(`${epoch}.${at}`).toString('base64url')

/** `undefined` for a text that is not a valid token. */
export const positionOf = (token: string): Position | undefined => {
  const parsed = Parts.safeParse(Buffer.from(token, 'base64url').toString().split('.'))
  if (!parsed.success) return undefined
  const position = { epoch: parsed.data[0], at: parsed.data[1] }
  // Several texts decode to the same bytes; only the canonical one is accepted.
  return tokenOf(position) === token ? position : undefined
}
