import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { ProblemError } from '../problems.ts'
import { ALGORITHMS, MAX_JWT_CHARACTERS } from './algorithms.ts'
import { challenge } from './challenge.ts'
import type { UsedProofs } from './used-proofs.ts'

/** A proof of possession and the request that it has to be for. */
export type Proof = {
  /** The `DPoP` header. */
  readonly jwt: string | undefined
  readonly method: string
  /** As this process was asked. */
  readonly url: string
}

export type ProofSettings = {
  readonly usedProofs: UsedProofs
  /** Where consumers find this process: an origin. Without it, proofs are good for requests to loopback only. */
  readonly publicUrl: string | undefined
}

/** RFC 9449, 4.2. */
const Claims = z.object({
  jti: z.string().min(1).max(256),
  htm: z.string(),
  htu: z.url(),
  iat: z.number(),
  ath: z.string(),
})

/** Seconds by which a proof may be older or younger than this process believes: clocks of phones are set by hand. */
const MAX_AGE_S = 60

/** An access token and the thumbprint of the key that it is bound to (RFC 7638). */
type BoundToken = { readonly token: string; readonly boundTo: string }

/**
 * Checks a DPoP proof as RFC 9449, 4.3 lists it: form, signature by the key that it holds, method, address, age,
 * token, key, and last whether it was used before.
 * @throws {ProblemError} `UNAUTHENTICATED` for any proof that is not good for this request
 */
export async function checkProof(proof: Proof, bound: BoundToken, settings: ProofSettings): Promise<void> {
  // All of it comes from the consumer, the key too: whatever goes wrong with it is no fault of ours.
  const { jti, iat } = await verify(proof, bound, settings.publicUrl).catch((cause: unknown) => {
    throw refused(cause)
  })
  // biome-ignore lint/plugin: iat of a proof
  const forMs = (iat + MAX_AGE_S + 1) * 1000 - Date.now()
  if (!(await settings.usedProofs.use(`${bound.boundTo}.${jti}`, forMs)))
    throw refused(new Error('used before'))
}

async function verify(
  { jwt = '', method, url }: Proof,
  { token, boundTo }: BoundToken,
  publicUrl: string | undefined,
): Promise<z.infer<typeof Claims>> {
  demand(jwt.length <= MAX_JWT_CHARACTERS, 'size')
  const { payload, key, protectedHeader } = await jwtVerify(jwt, EmbeddedJWK, {
    typ: 'dpop+jwt',
    algorithms: ALGORITHMS,
    clockTolerance: MAX_AGE_S,
  })
  const claims = Claims.parse(payload)
  demand(claims.htm === method, 'htm')
  demand(withoutQuery(claims.htu) === addressOf(url, publicUrl), 'htu')
  // biome-ignore lint/plugin: iat of a proof
  demand(Math.abs(claims.iat - Date.now() / 1000) <= MAX_AGE_S, 'iat')
  demand(claims.ath === createHash('sha256').update(token).digest('base64url'), 'ath')
  demand((await calculateJwkThumbprint(protectedHeader.jwk ?? key)) === boundTo, 'key')
  return claims
}

function demand(met: boolean, name: string): void {
  if (!met) throw new errors.JWTInvalid(`${name} is not that of the request`)
}

/** RFC 9449, 4.3: query and fragment do not count, and both are compared after normalisation. */
function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address)
  return origin + pathname
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** The address of a request as the consumer sees it. A `Host` header says what its sender wants it to say. */
function addressOf(url: string, publicUrl: string | undefined): string | undefined {
  const { origin, hostname, pathname } = new URL(url)
  if (publicUrl !== undefined) return new URL(publicUrl).origin + pathname
  return LOOPBACK.has(hostname) ? origin + pathname : undefined
}

const refused = (cause: unknown) =>
  new ProblemError('UNAUTHENTICATED', undefined, {
    cause,
    challenge: challenge({ scheme: 'DPoP', error: 'invalid_dpop_proof' }),
  })
