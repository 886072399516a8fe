import { decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { ProblemError } from '../errors/problems.ts'
import { UserId } from '../user-id.ts'
import { ALGORITHMS, CLOCK_SKEW_S, MAX_JWT_CHARACTERS } from './algorithms.ts'
import { challenge } from './challenge.ts'
import { checkProof, type Proof, type ProofSettings } from './dpop.ts'
import { type KeySet, keySet } from './key-set.ts'
import { ROLES, SCOPES } from './roles.ts'
import type { Viewer } from './viewer.ts'

/**
 * Resolves the user of an access token. A token without a proof counts as a bearer token; a bound token needs a proof
 * of its key, and an unbound token must come without one.
 * @throws {ProblemError} `UNAUTHENTICATED` for any invalid token, without the reason
 */
export type TokenVerifier = (token: string, proof?: Proof) => Promise<Viewer>

/** RFC 9068, 2.2: an access token has all of these claims. An ID token has neither this type nor a client. */
const Claims = z.object({
  sub: UserId,
  client_id: z.string().min(1),
  jti: z.string().min(1),
  exp: z.number(),
  iat: z.number(),
  roles: z.array(z.string()).default([]),
  scope: z.string().default(''),
  // Strict: a token with an unsupported kind of binding is refused.
  cnf: z.strictObject({ jkt: z.string().min(1) }).optional(),
})
type Claims = z.infer<typeof Claims>

const TYPE = 'at+jwt'
const MAX_KNOWN_TOKENS = 10_000

type Options = {
  issuer: string
  audience: string
  /** Fetches the identity service's key set. */
  loadKeys: () => Promise<JSONWebKeySet>
  /** Without it, tokens bound to a key are refused. */
  dpop?: ProofSettings
}

type Known = { readonly viewer: Viewer; readonly expiresAt: number; readonly boundTo: string | undefined }

/**
 * Verifies access tokens (RFC 9068) offline. A verified token is cached until it expires or identity's
 * keys change; the proof of a bound token is checked on every request. Keys stay in use while identity cannot be
 * reached.
 */
export function createTokenVerifier({ issuer, audience, loadKeys, dpop }: Options): TokenVerifier {
  const known = new LRUCache<string, Known>({ max: MAX_KNOWN_TOKENS })
  const keys = keySet({ loadKeys, onChange: () => known.clear() })

  return async (token, proof) => {
    const scheme = proof ? 'DPoP' : 'Bearer'
    const { viewer, boundTo } = await lookUp(token, scheme)
    if (boundTo === undefined && proof === undefined) return viewer
    if (boundTo === undefined || proof === undefined || dpop === undefined) throw refused(scheme)
    await checkProof(proof, { token, boundTo }, dpop)
    return viewer
  }

  async function lookUp(token: string, scheme: 'Bearer' | 'DPoP'): Promise<Known> {
    const seen = known.get(token)
    // biome-ignore lint/plugin: exp and iat of a JWT
    if (seen && seen.expiresAt > Date.now()) {
      keys.keepFresh()
      return seen
    }
    if (!isAccessTokenByHeader(token)) throw refused(scheme)
    const claims = await verify(token, scheme)
    const entry: Known = {
      viewer: {
        id: claims.sub,
        roles: new Set(ROLES.filter((role) => claims.roles.includes(role))),
        scopes: new Set(SCOPES.filter((scope) => claims.scope.split(' ').includes(scope))),
        clientId: claims.client_id,
        token,
      },
      expiresAt: claims.exp * 1000,
      boundTo: claims.cnf?.jkt,
    }
    known.set(token, entry)
    return entry
  }

  async function verify(token: string, scheme: 'Bearer' | 'DPoP'): Promise<Claims> {
    try {
      return await verifyWith(token, await keys.current()).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        return verifyWith(token, await keys.reloaded())
      })
    } catch (error) {
      // Only errors about the token itself are the consumer's; an outage of identity is not.
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) throw refused(scheme, error)
      throw error
    }
  }

  async function verifyWith(token: string, set: KeySet): Promise<Claims> {
    const { payload } = await jwtVerify(token, set, {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: CLOCK_SKEW_S,
    })
    const claims = Claims.parse(payload)
    // biome-ignore lint/plugin: exp and iat of a JWT
    if (claims.iat > Date.now() / 1000 + CLOCK_SKEW_S) throw new errors.JWTInvalid('issued in the future')
    return claims
  }
}

/** Checks type and algorithm first, so that other tokens never cause a load of the keys. */
function isAccessTokenByHeader(token: string): boolean {
  if (token.length > MAX_JWT_CHARACTERS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false
  try {
    const { alg, typ } = decodeProtectedHeader(token)
    return ALGORITHMS.includes(alg ?? '') && typ?.toLowerCase().replace('application/', '') === TYPE
  } catch {
    return false
  }
}

const refused = (scheme: 'Bearer' | 'DPoP', cause?: unknown) =>
  new ProblemError('UNAUTHENTICATED', undefined, {
    cause,
    challenge: challenge({ scheme, error: 'invalid_token' }),
  })
