import { z } from 'zod'
import type { Position } from './change-log.ts'

const Parts = z.tuple([
  z.string().min(1),
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number),
])

/** A position as the app keeps it; what is in it is nobody's business but ours. */
export const tokenOf = ({ epoch, at }: Position): string =>
  Buffer.from(`${epoch}.${at}`).toString('base64url')

/** `undefined` for what is no token of ours, or no longer. */
export const positionOf = (token: string): Position | undefined => {
  const parsed = Parts.safeParse(Buffer.from(token, 'base64url').toString().split('.'))
  if (!parsed.success) return undefined
  const position = { epoch: parsed.data[0], at: parsed.data[1] }
  // Decoding takes more than one text for the same bytes; a position has one name.
  return tokenOf(position) === token ? position : undefined
}
