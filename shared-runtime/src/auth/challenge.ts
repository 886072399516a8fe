import { ALGORITHMS } from './algorithms.ts'
import type { Credential } from './credential.ts'
import type { Scope } from './roles.ts'

type Failure = {
  scheme: Credential['scheme']
  error: 'invalid_token' | 'invalid_dpop_proof' | 'insufficient_scope'
  scopes?: readonly Scope[]
}

/**
 * A `WWW-Authenticate` value (RFC 9110, 11.6.1): both schemes that are taken, and with the one that was used what
 * was wrong in the standard's words (RFC 6750, 3.1; RFC 9449, 7.1). Nothing says why a token is not valid.
 */
export function challenge(failure?: Failure): string {
  const said = (scheme: Credential['scheme']) =>
    failure?.scheme === scheme
      ? [`error="${failure.error}"`, ...(failure.scopes ? [`scope="${failure.scopes.join(' ')}"`] : [])]
      : []
  const bearer = ['Bearer', said('Bearer').join(', ')].join(' ').trim()
  return `${bearer}, DPoP ${[...said('DPoP'), `algs="${ALGORITHMS.join(' ')}"`].join(', ')}`
}
