import { createHash } from 'node:crypto'

/** A strong validator: the same bytes have the same tag on every replica and after every restart. */
export const etagOf = (body: string): string =>
  `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`

/**
 * Whether an `If-None-Match` header names this tag: a list, `*`, and weak comparison (RFC 9110, 13.1.2),
 * since a cache in between may have weakened the tag.
 */
export function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  for (const [tag] of ifNoneMatch.matchAll(/"[^"]*"/g)) if (tag === etag) return true
  return false
}
