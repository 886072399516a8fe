import { PAYMENT_METHOD } from '@harbor/shared-checkout'
import { OPAQUE_ID, OPAQUE_ID_FORM } from '@harbor/shared-edge/limits/opaque-id'
import { declared } from '@harbor/shared-edge/rest/declared-form'
import { z } from 'zod'

/** An id sent by the app. A malformed one is refused before any upstream is called. */
const identifier = (example: string, description: string) =>
  z
    .string()
    .regex(OPAQUE_ID, `Allowed: an id such as ${example}, of ${OPAQUE_ID_FORM}`)
    .meta({ example, description })

export const ProductId = identifier('p1001', 'Id of a product')
export const CartId = identifier('k1001', "Id of the customer's cart")
export const OrderId = identifier('o104997', "Id of one of the customer's orders")
export const CategoryId = identifier('cat-01', 'Only what is in this category')
export const Sku = identifier('HB-1001', 'What is in the cart, or is to be')

/** The start of a page: `nextCursor` of the page before. */
export const Cursor = z
  .string()
  .max(200)
  .regex(/^[\w=-]+$/, 'Allowed: a nextCursor, as it was given')
  .meta({ description: '`nextCursor` of the page before; none for the first page' })

const WORDS = 'Allowed: 1 to 100 letters'

/** Search words with any whitespace. Characters are counted as Unicode code points, like in JSON Schema. */
export const SearchWords = declared(
  z
    .string()
    .transform((words) => words.trim().replace(/\s+/g, ' '))
    .refine((words) => words !== '' && [...words].length <= 100, WORDS)
    .transform((words) => words.normalize('NFC'))
    .meta({ example: 'table', description: 'Words that a product has all of' }),
  { type: 'string', minLength: 1, maxLength: 100, pattern: '\\S' },
)

/** The state of a copy of the catalogue: `token` of a bundle or of the previous changes. */
export const ChangeToken = z
  .string()
  .max(100)
  .regex(/^[\w-]+$/, 'Allowed: a token, as it was given')
  .meta({ example: 'MS4w', description: '`token` of a bundle or of the changes before' })

/** Only `5`: `05`, `5.0`, `+5`, `5e0` and `0x5` would be other URLs for the same resource. */
const DECIMAL = /^(0|[1-9]\d{0,14})$/

/** The length of a page, as a query parameter. */
export function limit(defaultValue: number, most: number) {
  const allowed = `Allowed: an integer from 1 to ${most}`
  return declared(
    z
      .preprocess(
        (text) => (typeof text === 'string' && DECIMAL.test(text) ? Number(text) : text),
        z.int(allowed).min(1, allowed).max(most, allowed),
      )
      .default(defaultValue)
      .meta({ example: 3, description: 'The most that a page holds' }),
    { type: 'integer', minimum: 1, maximum: most, default: defaultValue },
  )
}

const QUANTITY = 'Allowed: an integer from 1 to 99'
export const Quantity = z
  .int(QUANTITY)
  .min(1, QUANTITY)
  .max(99, QUANTITY)
  .meta({ example: 2, description: 'How many of it' })

/** The name or token of a payment method; a card number is refused. */
export const PaymentMethod = z
  .string('Allowed: the name or token of a payment method')
  .regex(PAYMENT_METHOD, 'Allowed: the name or token of a payment method, such as card or tok_1a2b')
  .meta({
    example: 'card',
    description: 'The name of a payment method, or its token; never a number of a card',
  })
