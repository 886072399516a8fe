const QUOTE = 0x22
const COMMA = 0x2c

export type EntityTag = {
  /** With its quotes, without `W/`. */
  readonly tag: string
  readonly weak: boolean
}

/**
 * The entity tags of an `If-Match` or `If-None-Match` header (RFC 9110, 8.8.3), or `*`. A malformed header names none:
 * a GET is then answered with 200, and a write with 412. Linear in the length of the header.
 */
export function entityTags(header: string): '*' | readonly EntityTag[] {
  const tags: EntityTag[] = []
  const form = scan(header, (opened, closed, weak) =>
    tags.push({ tag: header.slice(opened, closed + 1), weak }),
  )
  return form === '*' ? '*' : form === 'list' ? tags : []
}

/**
 * Whether an `If-None-Match` header names this tag (given with its quotes): a list, `*`, and weak comparison (RFC
 * 9110, 13.1.2), since a cache in between may have weakened the tag. Builds no list: devices ask all the time.
 */
export function matchesTag(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  let found = false
  const form = scan(ifNoneMatch, (opened, closed) => {
    if (closed - opened + 1 === tag.length && ifNoneMatch.startsWith(tag, opened)) found = true
  })
  return form === '*' || (form === 'list' && found)
}

/**
 * One pass over a header from left to right.
 * @param visit called with the places of the quotes of each tag, also when the header turns out to be malformed
 */
function scan(
  header: string,
  visit: (opened: number, closed: number, weak: boolean) => void,
): '*' | 'list' | 'malformed' {
  const end = header.length
  let at = skipSpace(header, 0)
  if (header[at] === '*') return skipSpace(header, at + 1) === end ? '*' : 'malformed'
  // Empty members are allowed (RFC 9110, 5.6.1).
  while (at < end) {
    const weak = header.startsWith('W/', at)
    const opened = weak ? at + 2 : at
    if (header.charCodeAt(opened) === QUOTE) {
      const closed = header.indexOf('"', opened + 1)
      if (closed === -1) return 'malformed'
      visit(opened, closed, weak)
      at = skipSpace(header, closed + 1)
    }
    if (at < end && header.charCodeAt(at) !== COMMA) return 'malformed'
    at = skipSpace(header, at + 1)
  }
  return 'list'
}

/** The index of the next character that is neither a space nor a tab. */
function skipSpace(text: string, from: number): number {
  let at = from
  while (text[at] === ' ' || text[at] === '\t') at++
  return at
}
