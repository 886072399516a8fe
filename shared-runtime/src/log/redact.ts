import { PRIVATE_NAMES } from './private-fields.ts'

/** Replacement for redacted text. */
const CUT = '…'

const SCHEME = '(?:Bearer|DPoP|Basic)(?: |%20)+'
/** Within a JSON string: an odd number of backslashes, otherwise the string ends here. */
const QUOTE = String.raw`(?:(?:\\\\)*\\"|')`
/** Up to the same quote, or one word. Escapes stay whole, so that the rest stays valid JSON. */
const VALUE = String.raw`(?:(?<quote>${QUOTE})(?:(?!\k<quote>)(?:[^"\\]|\\.))*|(?:${SCHEME})?(?:[^&;,\s"'\\}]|\\[\\/bfu])+)`
/** Separators of a name and its value in text. A short name before a bare colon is an ordinary word. */
const JOINT = `(?:(?<=${PRIVATE_NAMES.all})(?:=|%3d|${QUOTE}: ?)|(?<=${PRIVATE_NAMES.long}): ?)`

/** Not within a word, and not between a backslash and its letter. */
const WORD_START = String.raw`(?:(?<![\w.+\\-])|(?<=(?<!\\)(?:\\\\)*(?:\\\\|\\[bfnrt]|\\u[\da-f]{4})))`

type Telling = { readonly sign: RegExp; readonly forms: readonly RegExp[] }

/**
 * Patterns of credentials and personal data, each searched only if its trigger text occurs; the first group is
 * retained.
 */
const TELLING: readonly Telling[] = [
  // Values after a private name within the text: `password=…`, `"token": "…"`.
  { sign: /[=%\\']|: /, forms: [new RegExp(`(${JOINT})${VALUE}`, 'gi')] },
  // Schemes of `Authorization`, and JWTs.
  {
    sign: /eyJ|(?:bearer|dpop|basic)(?: |%20)/i,
    forms: [new RegExp(`(${SCHEME})[\\w.~+/%-]+=*`, 'gi'), /()(?<!\\u[\da-f]{3})eyJ[\w-]{4,}(?:\.[\w-]*)*/g],
  },
  // E-mail addresses, and the user of any other URL. The lookahead keeps a run of backslashes linear.
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

/** Redacts the strings of a JSON line; the result is still JSON. */
export function redactJson(line: string): string {
  let redacted = line
  for (const { sign, forms } of TELLING)
    if (sign.test(redacted)) for (const form of forms) redacted = redacted.replace(form, `$1${CUT}`)
  return redacted
}

/** Redacts private values in a text. */
export const redact = (text: string): string => JSON.parse(redactJson(JSON.stringify(text)))
