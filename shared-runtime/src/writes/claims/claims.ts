/**
 * Things that can be spent once, such as a cart. One owner at a time holds a thing; it gives the thing back, or
 * spends the version that it holds. What one owner was answered is its answer from then on: a call that was delayed
 * in a stopped process cannot take a thing for an owner that is done with it.
 */
export type Claims = {
  /**
   * Takes a thing. Repeated by its owner it has no further effect.
   * @returns `taken` when it is the owner's now; `held` when another owner holds it, or this one has given it back;
   *   `spent` when this version, or a later one, was spent
   */
  take(claim: Claim): Promise<'taken' | 'held' | 'spent'>
  /** Makes the thing free for others, in the same version. No error when the owner does not hold it. */
  giveBack(claim: Claim): Promise<void>
  /** Ends the claim: this version and those before it are never taken again, later ones are free. */
  spend(claim: Claim): Promise<void>
}

export type Claim = {
  /** Id of the thing, without personal data: it is a part of a name in the store. */
  thing: string
  /** Goes up with every change of the thing. */
  version: number
  /** The one who takes it, by a name that no other attempt has; without personal data. */
  owner: string
}

/** Milliseconds for which it is remembered that a thing was spent. */
export const SPENT_MS = 30 * 86_400_000
/** Milliseconds for which an owner that was refused is remembered; no process is stopped for longer. */
export const REFUSED_MS = 86_400_000
