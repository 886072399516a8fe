import { bearerToken, type Scope, type TokenVerifier, type Viewer } from '@harbor/shared-runtime/auth'
import { ProblemError } from '@harbor/shared-runtime/problems'
import type { Context } from 'hono'

/**
 * The customer behind a request.
 * @throws {ProblemError} `UNAUTHENTICATED` without a valid token, `FORBIDDEN` without the role or a scope
 */
export async function authorise(
  c: Context,
  scopes: readonly Scope[],
  verify: TokenVerifier,
): Promise<Viewer> {
  const token = bearerToken(c.req.header('authorization'))
  if (token === undefined) throw new ProblemError('UNAUTHENTICATED')
  const viewer = await verify(token)
  if (!viewer.roles.has('customer') || scopes.some((scope) => !viewer.scopes.has(scope)))
    throw new ProblemError('FORBIDDEN')
  return viewer
}
