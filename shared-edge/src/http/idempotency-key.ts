import { z } from 'zod'

/** Quotes around it are those of a structured field (RFC 9651), not part of the key. */
export const IDEMPOTENCY_KEY = /^("[\w.:-]{16,128}"|[\w.:-]{16,128})$/

export const IdempotencyKey = z
  .string()
  .regex(
    IDEMPOTENCY_KEY,
    'Allowed: 16 to 128 letters, digits, dots, colons, dashes and underscores, such as a UUID',
  )
  .transform((key) => key.replaceAll('"', ''))
