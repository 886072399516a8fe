import { PRIVATE_NAMES } from './private-fields.ts'

/** In the place of what was cut out. */
const CUT = '…'

const SCHEME = '(?:Bearer|DPoP|Basic)(?: |%20)+'
/** Within a string of JSON: an odd number of backslashes, else the string ends here. */
const QUOTE = String.raw`(?:(?:\\\\)*\\"|')`
/** Up to the same quote, or one word. Escapes stay whole, so that what is left is JSON as it was. */
const VALUE = String.raw`(?:(?<quote>${QUOTE})(?:(?!\k<quote>)(?:[^"\\]|\\.))*|(?:${SCHEME})?(?:[^&;,\s"'\\}]|\\[\\/bfu])+)`
/** What joins a name and its value in a text. A short name before a bare colon is a word of a sentence. */
const JOINT = `(?:(?<=${PRIVATE_NAMES.all})(?:=|%3d|${QUOTE}: ?)|(?<=${PRIVATE_NAMES.long}): ?)`

/** Not within a word, and not between a backslash and its letter. */
const WORD_START = String.raw`(?:(?<![\w.+\\-])|(?<=(?<!\\)(?:\\\\)*(?:\\\\|\\[bfnrt]|\\u[\da-f]{4})))`

type Telling = { readonly sign: RegExp; readonly forms: readonly RegExp[] }

/** What gives a credential or a person away by its form, sought where its sign is seen; its first group stays. */
const TELLING: readonly Telling[] = [
  // What has a private name within the text: `password=…`, `"token": "…"`.
  { sign: /[=%\\']|: /, forms: [new RegExp(`(${JOINT})${VALUE}`, 'gi')] },
  // Schemes of `Authorization`, and JWTs.
  {
    sign: /eyJ|(?:bearer|dpop|basic)(?: |%20)/i,
    forms: [new RegExp(`(${SCHEME})[\\w.~+/%-]+=*`, 'gi'), /()(?<!\\u[\da-f]{3})eyJ[\w-]{4,}(?:\.[\w-]*)*/g],
  },
  // E-mail addresses, and the user of any other address. The lookahead keeps a run of backslashes linear.
  {
    sign: /@|%40/,
    forms: [
      new RegExp(
        `()(?=[\\w.+-])${WORD_START}[\\w.+-]{1,256}(?:@|%40)(?:[\\w-]{1,63}\\.){1,8}[a-z]{2,}`,
        'gi',
      ),
      /(\/\/)[^/\s@"'\\]{1,256}(?=@)/g,
    ],
  },
]

/** A line of JSON without what is private in its strings; it stays JSON. */
export function redactJson(line: string): string {
  let redacted = line
  for (const { sign, forms } of TELLING)
    if (sign.test(redacted)) for (const form of forms) redacted = redacted.replace(form, `$1${CUT}`)
  return redacted
}

/** A text without what is private in it. */
export const redact = (text: string): string => JSON.parse(redactJson(JSON.stringify(text)))
