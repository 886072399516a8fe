/**
 * Things that can be spent once, such as a cart. One owner at a time holds a thing; it releases the thing, or spends
 * the version that it holds. The first answer to an owner is final, so a delayed call of a paused process cannot take
 * a thing for an owner that no longer needs it.
 */
export type Claims = {
  /**
   * Takes a thing. A repetition by its owner has no further effect.
   * @returns `taken` when the owner now holds it; `held` when another owner holds it, or this one has released it;
   * `spent` when this version, or a later one, was spent
   */
  take(claim: Claim): Promise<'taken' | 'held' | 'spent'>
  /** Makes the thing free for others, in the same version. No error when the owner does not hold it. */
  release(claim: Claim): Promise<void>
  /** Ends the claim: this version and earlier ones can never be taken again, later ones are free. */
  spend(claim: Claim): Promise<void>
}

export type Claim = {
  /** Id of the thing, without personal data: it is part of a key in the store. */
  thing: string
  /** Grows with every change of the thing. */
  version: number
  /** The owner, by a name that no other attempt uses; without personal data. */
  owner: string
}

/** Milliseconds for which a spent thing is recorded. */
export const SPENT_MS = 30 * 86_400_000
/** Milliseconds for which a refused owner is recorded; longer than any process is paused. */
export const REFUSED_MS = 86_400_000
