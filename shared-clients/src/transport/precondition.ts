/** What must hold for a write to happen: by versions of the thing, or by the instant of its last change. */
export type Precondition = {
  /** It has one of these versions. */
  readonly versions?: readonly number[]
  /** It has none of these versions. */
  readonly otherThan?: readonly number[]
  /** It has not changed after this HTTP date; not asked beside `versions`. */
  readonly unmodifiedSince?: string
}

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
