import { createHash } from 'node:crypto'

const CHARACTERS = 22

/**
 * A strong validator: the same bytes have the same tag on every replica and after every restart.
 * @param by what else the bytes that are sent depend on: the coder that they go through
 */
export const etagOf = (bytes: string | Uint8Array, by = ''): string =>
  `"${createHash('sha256').update(by).update(bytes).digest('base64url').slice(0, CHARACTERS)}"`

/** One member of a list of entity tags, and the comma after it; empty members are allowed (RFC 9110, 5.6.1). */
const MEMBER = /[ \t]*(?:(?:W\/)?("[^"]*"))?[ \t]*(?:,|$)/y

/**
 * Whether an `If-None-Match` header names this tag: a list, `*`, and weak comparison (RFC 9110, 13.1.2), since a
 * cache in between may have weakened the tag. What is not such a header names nothing: a 200 is never wrong.
 */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  let found = false
  MEMBER.lastIndex = 0
  while (MEMBER.lastIndex < ifNoneMatch.length) {
    const member = MEMBER.exec(ifNoneMatch)
    if (!member) return false
    if (member[1] === etag) found = true
  }
  return found
}
