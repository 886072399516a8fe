import { ProblemError } from '@harbor/shared-runtime/problems'

type Tag = { readonly tag: string; readonly weak: boolean }

const MEMBER = /(W\/)?("[^"]*")[ \t]*(?:,|$)/y
const BETWEEN = new Set([' ', '\t', ','])

/**
 * The entity tags of an `If-Match` or `If-None-Match` (RFC 9110, 8.8.3), or `*`; none for what is malformed. One pass
 * over what a stranger sends.
 */
export function entityTags(header: string): '*' | readonly Tag[] {
  if (header.trim() === '*') return '*'
  const tags: Tag[] = []
  for (let at = 0; at < header.length; ) {
    if (BETWEEN.has(header[at] ?? '')) {
      at++
      continue
    }
    MEMBER.lastIndex = at
    const [member, weak, tag] = MEMBER.exec(header) ?? []
    if (member === undefined || tag === undefined) return []
    tags.push({ tag, weak: weak !== undefined })
    at += member.length
  }
  return tags
}

/** A tag that starts with the revision of the thing behind an answer: a write can check that, in any language or coding. */
export const revisionTag = (revision: number, etag?: string): string =>
  etag === undefined ? `"${revision}"` : `"${revision}.${etag.slice(1)}`

const REVISION = /^"(\d{1,15})(?:\.[\w-]{22})?"$/

/** The revisions that tags name. @param strong whether weak ones count (RFC 9110, 8.8.3.2) */
export const revisionsOf = (tags: readonly Tag[], { strong }: { strong: boolean }): number[] =>
  tags.flatMap(({ tag, weak }) => {
    const [, revision] = REVISION.exec(tag) ?? []
    return revision === undefined || (strong && weak) ? [] : [Number(revision)]
  })

/**
 * For a read, whose representation has this tag. `If-Unmodified-Since` is not asked: no answer has a modification date.
 * @throws {ProblemError} `PRECONDITION_FAILED` for an `If-Match` without its tag, compared strongly
 */
export function requireMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) return
  const tags = entityTags(ifMatch)
  if (tags !== '*' && !tags.some(({ tag, weak }) => !weak && tag === etag))
    throw new ProblemError('PRECONDITION_FAILED', `If-Match: allowed is the ETag of now, ${etag}, or *.`)
}
