/**
 * Signature algorithms accepted for access tokens and proofs. Neither `none` nor any shared-secret algorithm is
 * allowed.
 */
export const ALGORITHMS: string[] = ['ES256']

/** Tolerated clock skew, in seconds. */
export const CLOCK_SKEW_S = 5

/** Maximum length of a token or a proof; a longer one is not parsed. */
export const MAX_JWT_CHARACTERS = 4096
