/**
 * The names of fields that hold a credential, or tell of a person or of the business what is not for everybody.
 * The one list: the log cuts them out, problems do not repeat them, and a shared cache takes no answer with one
 * of a user. A name is private when its last words are these: `access_token`, `X-Api-Key`, `shippingStreet`.
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
  /** Only an answer about one user has these. */
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
  /** What the shop pays and to whom: for a named role at most. */
  business: ['margin', 'reorderCost', 'supplierId', 'wholesaleCost'],
} as const

/** `shippingStreet`, `shipping_street` and `Shipping-Street` are the same words. */
const words = (name: string) => name.replace(/([a-z\d])([A-Z])/g, '$1-$2').replace(/[_.\s]/g, '-')

/** `key`, `pin`: as a name of their own only; what merely ends with them may be a monkey. */
const SHORT = 4
const ALL = Object.values(PRIVATE_FIELDS).flat()
const pattern = (names: readonly string[]) =>
  names.map((name) => words(name).replaceAll('-', '[-_. ]?')).join('|')

/** The names as the source of a regular expression, for where they stand in a text. */
export const PRIVATE_NAMES = {
  all: pattern(ALL),
  long: pattern(ALL.filter(({ length }) => length > SHORT)),
}
const PRIVATE = new RegExp(
  `(?:${PRIVATE_NAMES.long}|(?<![a-z\\d])(?:${pattern(ALL.filter(({ length }) => length <= SHORT))}))$`,
  'i',
)

/** Names come back: of most lines all are known. Bounded, since some are chosen by consumers. */
const known = new Map<string, boolean>()
const MAX_KNOWN = 5_000

/** Whether what stands under a name is for nobody who reads logs or errors. */
export function isPrivateField(name: string): boolean {
  let found = known.get(name)
  if (found === undefined) {
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(name, (found = PRIVATE.test(words(name))))
  }
  return found
}
