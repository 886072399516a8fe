/** One member of a preference header (RFC 9110, 12.4.2). */
export type Member = {
  /** In lower case, without parameters. */
  readonly value: string
  /** Whether it has parameters other than its weight and `charset=utf-8`, which all our answers have. */
  readonly hasParameters: boolean
  /** From 0, "not this one", to 1. */
  readonly quality: number
}

/** More than any real consumer lists; further members are ignored. */
const MAX_MEMBERS = 64

const VALUE = /^[\w!#$%&'*+.^`|~/-]+$/
const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * The members of an `Accept`, `Accept-Language` or `Accept-Encoding` header, in their order. Malformed members are
 * skipped, and a malformed weight counts as absent. Linear in the length of the header.
 */
export function membersOf(header: string): readonly Member[] {
  const members: Member[] = []
  for (const text of split(header, ',', MAX_MEMBERS)) {
    const [value = '', ...parameters] = split(text, ';', MAX_MEMBERS).map((part) => part.trim().toLowerCase())
    if (!VALUE.test(value)) continue
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? ''
    members.push({
      value,
      hasParameters: parameters.some((parameter) => parameter && !MEANS_NOTHING.test(parameter)),
      quality: WEIGHT.test(weight) ? Number(weight) : 1,
    })
  }
  return members
}

const MEANS_NOTHING = /^(?:q=|charset="?utf-8"?$)/

/** Splits a text at separators outside quotes, up to a number of parts. */
function split(text: string, separator: string, most: number): string[] {
  const parts: string[] = []
  let from = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]
    if (quoted && letter === '\\') at++
    else if (letter === '"') quoted = !quoted
    else if (letter === separator && !quoted) {
      parts.push(text.slice(from, at))
      from = at + 1
      if (parts.length === most) return parts
    }
  }
  return [...parts, text.slice(from)]
}
