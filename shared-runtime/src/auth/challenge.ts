import { PROOF_ALGORITHMS } from './algorithms.ts'
import type { Credential } from './credential.ts'
import type { Scope } from './roles.ts'

type Failure = {
  scheme: Credential['scheme']
  error: 'invalid_token' | 'invalid_dpop_proof' | 'insufficient_scope'
  scopes?: readonly Scope[]
}

/**
 * A `WWW-Authenticate` value (RFC 9110, 11.6.1). It lists both accepted schemes; the scheme that was used carries the
 * standard error code (RFC 6750, 3.1; RFC 9449, 7.1). It does not reveal why a token is invalid.
 */
export function challenge(failure?: Failure): string {
  const said = (scheme: Credential['scheme']) =>
    failure?.scheme === scheme
      ? [`error="${failure.error}"`, ...(failure.scopes ? [`scope="${failure.scopes.join(' ')}"`] : [])]
      : []
  const bearer = ['Bearer', said('Bearer').join(', ')].join(' ').trim()
  return `${bearer}, DPoP ${[...said('DPoP'), `algs="${PROOF_ALGORITHMS.join(' ')}"`].join(', ')}`
}
