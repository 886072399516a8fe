/** What signs access tokens and proofs; `none`, and whatever takes a shared secret, is not among them. */
export const ALGORITHMS: string[] = ['ES256']

/** Seconds by which two clocks may differ. */
export const CLOCK_SKEW_S = 5

/** Characters of a token or a proof; what is longer is not even read. */
export const MAX_JWT_CHARACTERS = 4096
