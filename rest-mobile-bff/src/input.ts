import { z } from 'zod'

/** Identifiers as the app sends them; what does not look like one is refused before any upstream is asked. */
const identifier = (pattern: RegExp, example: string) =>
  z.string().regex(pattern, `Allowed: an id such as ${example}`).meta({ example })

export const ProductId = identifier(/^p\d{1,9}$/, 'p1001')
export const CartId = identifier(/^k\d{1,9}$/, 'k1001')
export const CategoryId = identifier(/^cat-\d{2,4}$/, 'cat-01')

/** Where a page starts: `nextCursor` of the page before. */
export const Cursor = z
  .string()
  .max(200)
  .regex(/^[\w=-]+$/, 'Allowed: a nextCursor, as it was given')

/** The length of a page. */
export const limit = (standard: number, most: number) =>
  z.coerce
    .number(`Allowed: an integer from 1 to ${most}`)
    .int(`Allowed: an integer from 1 to ${most}`)
    .min(1, `Allowed: an integer from 1 to ${most}`)
    .max(most, `Allowed: an integer from 1 to ${most}`)
    .default(standard)
