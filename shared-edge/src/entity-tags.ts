const QUOTE = 0x22
const COMMA = 0x2c

/**
 * Whether an `If-None-Match` header names this tag (given with its quotes): a list, `*`, and weak comparison (RFC
 * 9110, 13.1.2), since a cache in between may have weakened the tag. A malformed header names nothing, which costs a
 * 200. One pass from left to right: the time is linear in the length of the header.
 */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  const end = ifNoneMatch.length
  let at = skipSpace(ifNoneMatch, 0)
  if (ifNoneMatch[at] === '*') return skipSpace(ifNoneMatch, at + 1) === end
  let found = false
  // Empty members are allowed (RFC 9110, 5.6.1).
  while (at < end) {
    const opened = ifNoneMatch.startsWith('W/', at) ? at + 2 : at
    if (ifNoneMatch.charCodeAt(opened) === QUOTE) {
      const closed = ifNoneMatch.indexOf('"', opened + 1)
      if (closed === -1) return false
      if (closed - opened + 1 === tag.length && ifNoneMatch.startsWith(tag, opened)) found = true
      at = skipSpace(ifNoneMatch, closed + 1)
    }
    if (at < end && ifNoneMatch.charCodeAt(at) !== COMMA) return false
    at = skipSpace(ifNoneMatch, at + 1)
  }
  return found
}

/** The place of the next character that is neither a space nor a tab. */
function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}
