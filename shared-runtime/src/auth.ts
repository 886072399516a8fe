import { createHash } from 'node:crypto'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { z } from 'zod'
import { UpstreamError } from './errors.ts'
import { ProblemError } from './problems.ts'

export const ROLES = ['customer', 'staff', 'finance', 'risk', 'admin'] as const
export type Role = (typeof ROLES)[number]

/** What an access token of the app may be asked for; each screen and action names what it needs. */
export const SCOPES = [
  'profile:read',
  'cart:read',
  'cart:write',
  'orders:read',
  'checkout',
  'notifications:read',
  'notifications:write',
] as const
export type Scope = (typeof SCOPES)[number]

/** The user behind a request, as the identity service attests it. */
export type Viewer = {
  readonly id: string
  readonly roles: ReadonlySet<Role>
  readonly scopes: ReadonlySet<Scope>
  /** The consumer's access token: exchanged for internal tokens, never sent to an upstream other than identity. */
  readonly token: string
}

/** @throws {ProblemError} `UNAUTHENTICATED`, with no word on what was wrong, for any token that is not valid */
export type TokenVerifier = (token: string) => Promise<Viewer>

const Claims = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  roles: z.array(z.string()).default([]),
  scope: z.string().default(''),
})

const MAX_TOKEN_CHARACTERS = 4096
const MAX_KNOWN_TOKENS = 10_000
const CLOCK_SKEW_S = 5
/** At most one reload of the keys in this time, so that tokens with made-up key ids cannot flood identity. */
const KEY_RELOAD_MS = 10_000
/** After this time keys are loaded again though all key ids are known: identity may have withdrawn one. */
const KEY_MAX_AGE_MS = 5 * 60_000

type KeySet = ReturnType<typeof createLocalJWKSet>

type Options = {
  issuer: string
  audience: string
  /** Fetches the identity service's key set. */
  loadKeys: () => Promise<JSONWebKeySet>
}

/**
 * Verifies access tokens offline: issuer, audience, expiry, ES256 only. A token once verified is remembered
 * by its hash until it expires. Keys stay in use while identity cannot be reached.
 */
export function createTokenVerifier({ issuer, audience, loadKeys }: Options): TokenVerifier {
  const known = new Map<string, { viewer: Viewer; expiresAt: number }>()
  const keys = keySet(loadKeys)

  return async (token) => {
    if (token.length > MAX_TOKEN_CHARACTERS) throw new ProblemError('UNAUTHENTICATED')
    const hash = createHash('sha256').update(token).digest('base64')
    const seen = known.get(hash)
    if (seen && seen.expiresAt > Date.now()) return seen.viewer
    known.delete(hash)

    const claims = await verify(token)
    const viewer: Viewer = {
      id: claims.sub,
      roles: new Set(ROLES.filter((role) => claims.roles.includes(role))),
      scopes: new Set(SCOPES.filter((scope) => claims.scope.split(' ').includes(scope))),
      token,
    }
    if (known.size >= MAX_KNOWN_TOKENS) known.delete(known.keys().next().value as string)
    known.set(hash, { viewer, expiresAt: claims.exp * 1000 })
    return viewer
  }

  async function verify(token: string) {
    try {
      const payload = await verifyWith(token, await keys.current()).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error
        return verifyWith(token, await keys.reloaded())
      })
      return Claims.parse(payload)
    } catch (error) {
      // Only what says something about the token is the consumer's fault; the rest (identity down) is not.
      if (error instanceof errors.JOSEError || error instanceof z.ZodError)
        throw new ProblemError('UNAUTHENTICATED', undefined, { cause: error })
      throw error
    }
  }

  async function verifyWith(token: string, set: KeySet): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, set, {
      issuer,
      audience,
      algorithms: ['ES256'],
      clockTolerance: CLOCK_SKEW_S,
    })
    return payload
  }
}

/**
 * The identity service's keys: loaded once by however many ask, and again for an unknown key id or when old.
 * What is there stays in use until its successor has come, so an identity that hangs or is down holds up nobody.
 */
function keySet(loadKeys: () => Promise<JSONWebKeySet>) {
  let keys: KeySet | undefined
  let loading: Promise<KeySet> | undefined
  let loadedAt = 0

  const age = () => performance.now() - loadedAt
  const load = () =>
    (loading ??= fetchKeys().finally(() => {
      loading = undefined
    }))

  async function fetchKeys(): Promise<KeySet> {
    loadedAt = performance.now()
    try {
      return (keys = createLocalJWKSet(await loadKeys()))
    } catch (error) {
      if (keys) return keys
      if (error instanceof UpstreamError) throw error
      // As it is, a JOSEError or ZodError would be taken for a fault of the token.
      throw new UpstreamError('identity', 'invalid_answer', 'its keys cannot be used', { cause: error })
    }
  }

  return {
    async current(): Promise<KeySet> {
      if (!keys) return load()
      if (age() > KEY_MAX_AGE_MS) void load()
      return keys
    },
    /** The keys after a reload, at most one in `KEY_RELOAD_MS`. */
    async reloaded(): Promise<KeySet> {
      return loading ?? (keys && age() <= KEY_RELOAD_MS ? keys : load())
    },
  }
}

/** The token of an `Authorization: Bearer` header. */
export const bearerToken = (authorization: string | undefined | null): string | undefined =>
  /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization ?? '')?.[1]
