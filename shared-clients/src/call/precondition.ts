import type { Precondition } from '@harbor/shared-runtime/writes/precondition'

/** The headers of RFC 9110, 13.1; the entity tag of a thing is its version, so upstream checks and writes in one step. */
export function preconditionHeaders({
  versions,
  otherThan,
  unmodifiedSince,
}: Precondition = {}): [string, string][] {
  const headers: [string, string][] = []
  if (versions) headers.push(['if-match', tags(versions)])
  else if (unmodifiedSince) headers.push(['if-unmodified-since', unmodifiedSince])
  if (otherThan) headers.push(['if-none-match', tags(otherThan)])
  return headers
}

const tags = (versions: readonly number[]): string => versions.map((version) => `"${version}"`).join(', ')
