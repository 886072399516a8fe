/**
 * Signature algorithms accepted for tokens of the identity provider: those with a public key. Which of them a token
 * may have is decided by the key that it names, by type, curve and `alg`. Neither `none` nor any shared-secret
 * algorithm is allowed.
 */
export const ALGORITHMS: string[] = [
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
  ...['PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'],
]

/** Signature algorithms accepted for proofs (RFC 9449), which phones make. */
export const PROOF_ALGORITHMS: string[] = ['ES256']

/** Tolerated clock skew, in seconds. */
export const CLOCK_SKEW_S = 5

/** Maximum length of a token or a proof; a longer one is not parsed. */
export const MAX_JWT_CHARACTERS = 4096
