import {
  challenge,
  credentialOf,
  type Scope,
  type TokenVerifier,
  type Viewer,
} from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Context } from 'hono'

/**
 * The customer behind a request.
 * @throws {ProblemError} `UNAUTHENTICATED` without a valid token, `FORBIDDEN` without the role or a scope,
 *   `RATE_LIMITED` above the quota
 */
export async function authorise(
  c: Context,
  scopes: readonly Scope[],
  verify: TokenVerifier,
): Promise<Viewer> {
  const credential = credentialOf(c.req.header('authorization'))
  if (!credential) throw new ProblemError('UNAUTHENTICATED', undefined, { challenge: challenge() })
  const { scheme, token } = credential
  const { method, url } = c.req
  const viewer = await verify(
    token,
    scheme === 'DPoP' ? { jwt: c.req.header('dpop'), method, url } : undefined,
  )
  const countAs = c.get('countAs')
  await countAs?.('user', viewer.id)
  // After the user's quota: refused requests do not use up the quota of the app's other users.
  await countAs?.('client', viewer.clientId)
  if (!viewer.roles.has('customer') || scopes.some((scope) => !viewer.scopes.has(scope)))
    throw new ProblemError('FORBIDDEN', undefined, {
      challenge: challenge({ scheme, error: 'insufficient_scope', scopes }),
    })
  return viewer
}
