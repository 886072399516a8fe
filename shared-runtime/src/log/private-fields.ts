/**
 * Names of fields that hold a credential, personal data or confidential business data.
 * The only list: the log removes them, problems do not repeat them, and a shared cache refuses answers with user
 * fields. A name is private when its last words are in the list: `access_token`, `X-Api-Key`, `shippingStreet`.
 */
export const PRIVATE_FIELDS = {
  credential: [
    'authorization',
    'authorizationCode',
    'assertion',
    'codeVerifier',
    'cookie',
    'cookies',
    'credential',
    'credentials',
    'dpop',
    'key',
    'otp',
    'passphrase',
    'passwd',
    'password',
    'pin',
    'proof',
    'secret',
    'session',
    'sid',
    'token',
  ],
  /** Fields that only occur in an answer about one user. */
  user: [
    'accountId',
    'birthDate',
    'cardNumber',
    'customerId',
    'dateOfBirth',
    'email',
    'familyName',
    'firstName',
    'fraudScore',
    'fullName',
    'givenName',
    'iban',
    'internalSegmentTag',
    'lastName',
    'phone',
    'phoneNumber',
    'sessionId',
    'street',
    'userId',
    'username',
    'viewerId',
  ],
  /** Purchase prices and suppliers: for a named role at most. */
  business: ['margin', 'reorderCost', 'supplierId', 'wholesaleCost'],
} as const

/** `shippingStreet`, `shipping_street` and `Shipping-Street` are the same words. */
const words = (name: string) => name.replace(/([a-z\d])([A-Z])/g, '$1-$2').replace(/[_.\s]/g, '-')

/** `key`, `pin`: private as a whole name only; `monkey` also ends with `key`. */
const SHORT = 4
const ALL = Object.values(PRIVATE_FIELDS).flat()
const pattern = (names: readonly string[]) =>
  names.map((name) => words(name).replaceAll('-', '[-_. ]?')).join('|')

/** The names as the source of a regular expression, for matches within a text. */
export const PRIVATE_NAMES = {
  all: pattern(ALL),
  long: pattern(ALL.filter(({ length }) => length > SHORT)),
}
const PRIVATE = new RegExp(
  `(?:${PRIVATE_NAMES.long}|(?<![a-z\\d])(?:${pattern(ALL.filter(({ length }) => length <= SHORT))}))$`,
  'i',
)

/** Cache of known names, since most recur. Bounded, because consumers choose some of them. */
const known = new Map<string, boolean>()
const MAX_KNOWN = 5_000

/** Whether the value of a field with this name must stay out of logs and errors. */
export function isPrivateField(name: string): boolean {
  let found = known.get(name)
  if (found === undefined) {
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(name, (found = PRIVATE.test(words(name))))
  }
  return found
}
