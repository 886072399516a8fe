import { createHash } from 'node:crypto'
import { calculateJwkThumbprint, EmbeddedJWK, errors, jwtVerify } from 'jose'
import { z } from 'zod'
import { ProblemError } from '../errors/problems.ts'
import { MAX_JWT_CHARACTERS, PROOF_ALGORITHMS } from './algorithms.ts'
import { challenge } from './challenge.ts'
import type { UsedProofs } from './used-proofs.ts'

/** A proof of possession and the request that it must match. */
export type Proof = {
  /** The `DPoP` header. */
  readonly jwt: string | undefined
  readonly method: string
  /** The request as this process received it. */
  readonly url: string
}

export type ProofSettings = {
  readonly usedProofs: UsedProofs
  /** Public origin of this process. Without it, proofs are accepted for requests to loopback only. */
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

/** Seconds by which a proof may be older or newer than this process's clock: phone clocks may be set by hand. */
const MAX_AGE_S = 60

/** An access token and the thumbprint of the key that it is bound to (RFC 7638). */
type BoundToken = { readonly token: string; readonly boundTo: string }

/**
 * Checks a DPoP proof in the order of RFC 9449, 4.3: form, signature by the embedded key, method, URL, age, token,
 * key, and finally whether it was used before.
 * @throws {ProblemError} `UNAUTHENTICATED` for a proof that is not valid for this request
 */
export async function checkProof(proof: Proof, bound: BoundToken, settings: ProofSettings): Promise<void> {
  // The consumer controls the whole proof, including its key: every failure here is the consumer's error.
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
    algorithms: PROOF_ALGORITHMS,
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
  if (!met) throw new errors.JWTInvalid(`${name} does not match the request`)
}

/** RFC 9449, 4.3: query and fragment are ignored, and both URLs are normalised before the comparison. */
function withoutQuery(address: string): string {
  const { origin, pathname } = new URL(address)
  return origin + pathname
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/** The URL of a request as the consumer sees it. The sender controls the `Host` header, so it is not trusted here. */
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
