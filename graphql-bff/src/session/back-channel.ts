import { atMost } from '@harbor/shared-edge/limits/at-most'
import { readFormBody } from '@harbor/shared-edge/limits/read-body'
import { ALGORITHMS } from '@harbor/shared-runtime/auth'
import type { Log } from '@harbor/shared-runtime/log'
import type { Context } from 'hono'
import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTVerifyGetKey,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { z } from 'zod'
import type { Env, Route } from '../http/route.ts'
import { ENDING_PATHS } from './ending-paths.ts'
import type { Oidc } from './oidc.ts'
import { type Sessions, sidGroup, userGroup } from './sessions.ts'
import type { SessionStore } from './store.ts'

type Options = {
  sessions: Sessions
  store: Pick<SessionStore, 'mark' | 'isMarked'>
  oidc: Pick<Oidc, 'keysAddress' | 'reach' | 'issuer' | 'clientId'>
  log: Log
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const CLOCK_SKEW_S = 5
/** Maximum age of a token by `iat`, whatever its expiry. */
const MAX_AGE_S = 300
const MAX_CHARACTERS = 8_192
const TYPE = 'logout+jwt'
/** The route has no rate limit; this bounds the cost of verifying signatures. */
const MAX_SIGNATURES_AT_A_TIME = 8
/** Claims of a logout token; other claims are allowed. */
const FORM = { maxBytes: 16 * 1024, maxMembers: 10 }

const Claims = z
  .looseObject({
    sub: z.string().min(1).optional(),
    sid: z.string().min(1).optional(),
    jti: z.string().min(1),
    exp: z.number(),
    events: z.looseObject({ [EVENT]: z.looseObject({}) }),
    nonce: z.never().optional(),
  })
  .refine(({ sub, sid }) => sub !== undefined || sid !== undefined)

/**
 * The identity service reports a log-out: of one of its sessions (`sid`), or of all sessions of a user (`sub`). OpenID
 * Connect Back-Channel Logout 1.0, 2.4 to 2.8.
 */
export function backChannelRoutes({ sessions, store, oidc, log }: Options): readonly Route[] {
  let keys: JWTVerifyGetKey | undefined
  const inTurn = atMost(MAX_SIGNATURES_AT_A_TIME)

  const loadedKeys = async () =>
    (keys ??= createRemoteJWKSet(new URL(await oidc.keysAddress()), { [customFetch]: oidc.reach }))

  return [{ path: ENDING_PATHS.backChannel, methods: ['POST'], kind: 'server', handle }]

  async function handle(c: Context<Env>): Promise<Response> {
    c.header('cache-control', 'no-store')
    const [token, ...others] = (await readFormBody(c.req.raw, FORM)).getAll('logout_token')
    const claims = token !== undefined && others.length === 0 ? await verified(token) : undefined
    if (!claims || (await store.isMarked(marked(claims.jti))))
      return c.json({ error: 'invalid_request', error_description: 'not a valid logout token' }, 400)
    const { sid, sub, jti, exp } = claims
    const ended = await sessions.endAll(sid === undefined ? userGroup(sub ?? '') : sidGroup(sid))
    // Marked as used only at the end, so that a log-out that the store refused can be repeated.
    // biome-ignore lint/plugin: exp of a JWT
    await store.mark(marked(jti), (exp + CLOCK_SKEW_S) * 1000 - Date.now())
    log.info({ sessions: ended.length, traceId: c.var.trace.traceId }, 'logged out by the identity service')
    return c.body(null, 200)
  }

  async function verified(token: string) {
    if (token.length > MAX_CHARACTERS) return undefined
    try {
      if (!isWorthASignature(token)) return undefined
      const loaded = await loadedKeys()
      const verify = () =>
        jwtVerify(token, loaded, {
          issuer: oidc.issuer,
          audience: oidc.clientId,
          algorithms: ALGORITHMS,
          typ: TYPE,
          clockTolerance: CLOCK_SKEW_S,
          maxTokenAge: MAX_AGE_S,
          requiredClaims: ['exp'],
        })
      const { payload } = await inTurn(verify)
      return Claims.safeParse(payload).data
    } catch (error) {
      // Other errors (identity unavailable) say nothing about the token.
      const ofToken = error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)
      if (!ofToken) throw error
      return undefined
    }
  }

  /** A token whose own claims do not match us is refused before any key is loaded or signature verified. */
  function isWorthASignature(token: string): boolean {
    const { alg, typ } = headerOf(token)
    if (!ALGORITHMS.includes(alg ?? '') || typ?.toLowerCase().replace('application/', '') !== TYPE)
      return false
    const { iss, aud, exp = 0, ...claims } = decodeJwt(token)
    return (
      iss === oidc.issuer &&
      [aud].flat().includes(oidc.clientId) &&
      // biome-ignore lint/plugin: exp of a JWT
      exp * 1000 > Date.now() - CLOCK_SKEW_S * 1000 &&
      Claims.safeParse({ ...claims, exp }).success
    )
  }
}

/** jose throws a TypeError for a malformed token, as it does for a programming error. */
function headerOf(token: string): ProtectedHeaderParameters {
  try {
    return decodeProtectedHeader(token)
  } catch {
    return {}
  }
}

const marked = (jti: string) => `logout-token:${jti}`
