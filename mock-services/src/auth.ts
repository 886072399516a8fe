import { createHash, randomUUID } from 'node:crypto'
import { importJWK, jwtVerify, SignJWT } from 'jose'
import { z } from 'zod'
import { DEVELOPMENT_ONLY_SIGNING_KEY as KEY } from './seed/development-key.ts'

/** Who is behind a call, as its token says. */
export type Caller = {
  /** The user, or the client itself when there is no user. */
  sub: string
  clientId: string
  roles: readonly string[]
  /** A BFF called on its own behalf. */
  isClient: boolean
}

export type TokenClaims = {
  sub: string
  aud: string
  clientId: string
  roles: readonly string[]
  scope?: string
  /** The BFF that acts for the user. */
  actor?: string
}

const Claims = z.object({
  sub: z.string(),
  exp: z.number(),
  client_id: z.string(),
  roles: z.array(z.string()).default([]),
})

const MAX_KNOWN = 10_000

export type Tokens = Awaited<ReturnType<typeof createTokens>>

/** Issues and verifies the tokens of one issuer with the development key. */
export async function createTokens(issuer: string) {
  const { d: _, ...publicKey } = KEY
  const signingKey = await importJWK(KEY, 'ES256')
  const verifyingKey = await importJWK(publicKey, 'ES256')
  const known = new Map<string, { caller: Caller; audience: string; expiresAt: number }>()

  return {
    /** An ES256 JWT (`at+jwt`) that is valid for `ttlSeconds`. */
    issue: ({ sub, aud, clientId, roles, scope, actor }: TokenClaims, ttlSeconds: number): Promise<string> =>
      new SignJWT({
        client_id: clientId,
        roles,
        ...(scope !== undefined && { scope }),
        ...(actor !== undefined && { act: { sub: actor } }),
      })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: KEY.kid })
        .setIssuer(issuer)
        .setSubject(sub)
        .setAudience(aud)
        .setJti(randomUUID())
        .setIssuedAt()
        .setExpirationTime(`${ttlSeconds}s`)
        .sign(signingKey),

    /** The caller behind a token for this audience; `undefined` for anything that is not one. */
    async verify(token: string | undefined, audience: string): Promise<Caller | undefined> {
      if (!token) return undefined
      const hash = createHash('sha256').update(token).digest('base64')
      const seen = known.get(hash)
      if (seen && seen.expiresAt > Date.now()) return seen.audience === audience ? seen.caller : undefined
      known.delete(hash)
      try {
        const { payload } = await jwtVerify(token, verifyingKey, { issuer, audience, algorithms: ['ES256'] })
        const { sub, client_id: clientId, roles, exp } = Claims.parse(payload)
        const caller = { sub, clientId, roles, isClient: sub === clientId }
        if (known.size >= MAX_KNOWN) known.clear()
        known.set(hash, { caller, audience, expiresAt: exp * 1000 })
        return caller
      } catch {
        return undefined
      }
    },
  }
}

/** The token of an `Authorization: Bearer` header. */
export const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]

/** The object rule: a person's data is for that person, for staff, and for a BFF on its own behalf. */
export const maySee = (caller: Caller, customerId: string): boolean =>
  caller.isClient || caller.roles.includes('staff') || caller.sub === customerId

/** What is a person's is changed in the name of a person: a BFF on its own behalf changes nothing. */
export const mayChange = (caller: Caller, customerId: string): boolean =>
  !caller.isClient && maySee(caller, customerId)

/** BFFs that finish or take back a checkout after a crash, when the customer's token is gone. */
const FINISHES_CHECKOUTS: ReadonlySet<string> = new Set(['mobile-bff', 'web-bff'])

/** The calls of a checkout are for the customer, and for a BFF that has to end one that was left open. */
export const mayCheckOut = (caller: Caller, customerId: string): boolean =>
  caller.isClient ? FINISHES_CHECKOUTS.has(caller.clientId) : maySee(caller, customerId)
