/** Condition for a write: on the versions of the resource, or on the instant of its last change. */
export type Precondition = {
  /** The resource has one of these versions. */
  readonly versions?: readonly number[]
  /** The resource has none of these versions. */
  readonly otherThan?: readonly number[]
  /** The resource has not changed after this HTTP date; ignored beside `versions`. */
  readonly unmodifiedSince?: string
}
