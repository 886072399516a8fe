/** What must hold for a write to happen: by versions of the thing, or by the instant of its last change. */
export type Precondition = {
  /** It has one of these versions. */
  readonly versions?: readonly number[]
  /** It has none of these versions. */
  readonly otherThan?: readonly number[]
  /** It has not changed after this HTTP date; not asked beside `versions`. */
  readonly unmodifiedSince?: string
}
