import { decodeProtectedHeader, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { boundedLru } from '../cache/bounded-lru.ts'
import { ProblemError } from '../errors/problems.ts'
import { UserId } from '../user-id.ts'
import { ALGORITHMS, CLOCK_SKEW_S, MAX_JWT_CHARACTERS } from './algorithms.ts'
import { challenge } from './challenge.ts'
import { checkProof, type Proof, type ProofSettings } from './dpop.ts'
import { type KeySet, keySet } from './key-set.ts'
import { ROLES, SCOPES } from './roles.ts'
import { claimOf, RFC_9068, type TokenProfile } from './token-profile.ts'
import type { Viewer } from './viewer.ts'

/**
 * Resolves the user of an access token. A token without a proof counts as a bearer token; a bound token needs a proof
 * of its key, and an unbound token must come without one.
 * @throws {ProblemError} `UNAUTHENTICATED` for any invalid token, without the reason
 */
export type TokenVerifier = (token: string, proof?: Proof) => Promise<Viewer>

/** What every access token has. */
const Common = z.object({
  sub: UserId,
  exp: z.number(),
  iat: z.number(),
  // Strict: a token with an unsupported kind of binding is refused.
  cnf: z.strictObject({ jkt: z.string().min(1) }).optional(),
  client: z.string().min(1),
})

/** RFC 9068, 2.2. An ID token has neither this type nor a client. */
const Rfc9068 = Common.extend({
  jti: z.string().min(1),
  roles: z.array(z.string()).default([]),
  scopes: z
    .string()
    .default('')
    .transform((words) => words.split(' ')),
})

const Words = z.union([z.array(z.string()), z.string().transform((words) => words.split(' '))]).default([])

/** Of a provider with tokens of its own form, which may have no id; the hash of a token is in ID tokens only. */
const OwnForm = Common.extend({ roles: Words, scopes: Words, at_hash: z.never().optional() })

type Claims = z.infer<typeof OwnForm>

const MAX_KNOWN_TOKENS = 10_000

type Options = {
  issuer: string
  audience: string
  /** How the provider's tokens say what is needed of them; as in RFC 9068 by default. */
  profile?: TokenProfile
  /** Fetches the identity service's key set. */
  loadKeys: () => Promise<JSONWebKeySet>
  /** Without it, tokens bound to a key are refused. */
  dpop?: ProofSettings
}

type Known = { readonly viewer: Viewer; readonly expiresAt: number; readonly boundTo: string | undefined }

/**
 * Verifies access tokens (JWTs, RFC 9068 by default) offline. A verified token is cached until it expires or identity's
 * keys change; the proof of a bound token is checked on every request. Keys stay in use while identity cannot be
 * reached.
 */
export function createTokenVerifier({
  issuer,
  audience,
  profile = RFC_9068,
  loadKeys,
  dpop,
}: Options): TokenVerifier {
  const known = boundedLru<string, Known>(MAX_KNOWN_TOKENS)
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
    if (!isAccessTokenByHeader(token, profile)) throw refused(scheme)
    const claims = await verify(token, scheme)
    const entry: Known = {
      viewer: {
        id: claims.sub,
        roles: new Set(ROLES.filter((role) => claims.roles.includes(role))),
        scopes: new Set(SCOPES.filter((scope) => claims.scopes.includes(scope))),
        clientId: claims.client,
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
    const claims = parseClaims(payload, profile)
    // biome-ignore lint/plugin: exp and iat of a JWT
    if (claims.iat > Date.now() / 1000 + CLOCK_SKEW_S) throw new errors.JWTInvalid('issued in the future')
    return claims
  }
}

function parseClaims(payload: JWTPayload, profile: TokenProfile): Claims {
  const named = {
    ...payload,
    roles: claimOf(payload, profile.roles),
    scopes: claimOf(payload, profile.scopes),
    client: claimOf(payload, profile.client),
  }
  return profile.type === 'at+jwt' ? Rfc9068.parse(named) : OwnForm.parse(named)
}

/** Checks type and algorithm first, so that other tokens never cause a load of the keys. */
function isAccessTokenByHeader(token: string, { type }: TokenProfile): boolean {
  if (token.length > MAX_JWT_CHARACTERS || !/^[\w-]+\.[\w-]+\.[\w-]+$/.test(token)) return false
  try {
    const { alg, typ } = decodeProtectedHeader(token)
    return ALGORITHMS.includes(alg ?? '') && (type === 'JWT' || isType(typ, type))
  } catch {
    return false
  }
}

const isType = (typ: string | undefined, type: string) =>
  typ?.toLowerCase().replace('application/', '') === type

const refused = (scheme: 'Bearer' | 'DPoP', cause?: unknown) =>
  new ProblemError('UNAUTHENTICATED', undefined, {
    cause,
    challenge: challenge({ scheme, error: 'invalid_token' }),
  })
