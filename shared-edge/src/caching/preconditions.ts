import { ProblemError } from '@harbor/shared-runtime/problems'
import { type EntityTag, entityTags } from '../entity-tags.ts'

/** A tag that starts with the revision of the resource: a write can check that for any language or coding. */
export const revisionTag = (revision: number, etag?: string): string =>
  etag === undefined ? `"${revision}"` : `"${revision}.${etag.slice(1)}`

const REVISION = /^"(\d{1,15})(?:\.[\w-]{22})?"$/

/** The revisions that tags name. @param strong whether weak tags are left out (RFC 9110, 8.8.3.2) */
export const revisionsOf = (tags: readonly EntityTag[], { strong }: { strong: boolean }): number[] =>
  tags.flatMap(({ tag, weak }) => {
    const [, revision] = REVISION.exec(tag) ?? []
    return revision === undefined || (strong && weak) ? [] : [Number(revision)]
  })

/**
 * For a read, whose representation has this tag. `If-Unmodified-Since` is ignored: no answer has a modification date.
 * @throws {ProblemError} `PRECONDITION_FAILED` for an `If-Match` without its tag, compared strongly
 */
export function requireMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined) return
  const tags = entityTags(ifMatch)
  if (tags !== '*' && !tags.some(({ tag, weak }) => !weak && tag === etag))
    throw new ProblemError('PRECONDITION_FAILED', `If-Match: allowed is the current ETag, ${etag}, or *.`)
}
