import { createHash, randomUUID } from 'node:crypto'
import {
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  exportSPKI,
  generateKeyPair,
  importPKCS8,
  type JWTPayload,
  SignJWT,
} from 'jose'

const ISSUER = 'http://identity.test'

export async function signingKey(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' }
  return { kid, alg, privateKey, jwk, pem: await exportSPKI(publicKey) }
}
export type SigningKey = Awaited<ReturnType<typeof signingKey>>

/** Seconds since 1970, moved by so many. */
export const seconds = (by = 0) => Math.floor(Date.now() / 1000) + by

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** An issuer of tokens for one audience, and every way in which its tokens can be wrong. */
export async function createIssuer(audience: string) {
  const key = await signingKey('first')
  const otherAlgorithm = await signingKey('other', 'PS256')
  /** The same RSA key, used for the signatures that its `alg` does not name. */
  const misused = {
    ...otherAlgorithm,
    alg: 'RS256',
    privateKey: await importPKCS8(await exportPKCS8(otherAlgorithm.privateKey), 'RS256'),
  }

  const claims = (more: object = {}): JWTPayload => ({
    iss: ISSUER,
    aud: audience,
    sub: 'c1001',
    client_id: 'mobile-app',
    jti: 'a-token',
    iat: seconds(),
    exp: seconds(3_600),
    roles: ['customer', 'unheard-of'],
    scope: 'openid orders:read cart:write',
    ...more,
  })
  const sign = (more: object = {}, { kid, alg, privateKey }: SigningKey = key, header: object = {}) =>
    new SignJWT(claims(more))
      .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
      .sign(privateKey, { crit: { harbor: true } })
  const signWithSecret = (secret: string) =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: key.kid, typ: 'at+jwt' })
      .sign(new TextEncoder().encode(secret))
  const parts = async () => (await sign()).split('.') as [string, string, string]

  const invalid: Record<string, () => string | Promise<string>> = {
    nothing: () => '',
    words: () => 'not-a-token',
    'an opaque refresh token': () => randomUUID().replaceAll('-', ''),
    'three empty parts': () => '..',
    'two parts': async () => (await parts()).slice(0, 2).join('.'),
    'four parts': async () => `${await sign()}.AAAA`,
    'five parts, as an encrypted token has': async () => `${await sign()}.AAAA.AAAA`,
    'a part twice': async () => (await parts()).map((part) => part + part).join('.'),
    'parts in another order': async () => (await parts()).toReversed().join('.'),
    'padding after its parts': async () => `${await sign()}=`,
    'a header that is not JSON': () => 'e30x.e30.e30',
    'a header that is a list': () => `${b64([])}.${b64(claims())}.AAAA`,
    'a header that is null': () => `${b64(null)}.${b64(claims())}.AAAA`,
    'claims that are not JSON': async () => (await parts()).with(1, 'AAAA').join('.'),
    'claims that are a list': async () => (await parts()).with(1, b64([])).join('.'),
    'alg none, unsigned': () => `${b64({ alg: 'none', typ: 'at+jwt' })}.${b64(claims())}.`,
    'alg none, with a signature': async () =>
      (await parts()).with(0, b64({ alg: 'none', typ: 'at+jwt', kid: key.kid })).join('.'),
    'alg NoNe': async () => (await parts()).with(0, b64({ alg: 'NoNe', typ: 'at+jwt' })).join('.'),
    'a list of algorithms': async () =>
      (await parts()).with(0, b64({ alg: ['ES256'], typ: 'at+jwt' })).join('.'),
    'a signature cut off': async () => `${(await parts()).slice(0, 2).join('.')}.`,
    'a signature changed': async () => (await sign()).replace(/\.[^.]{6}(?=[^.]*$)/, '.AAAAAA'),
    'a signature of zeros': async () => (await parts()).with(2, 'A'.repeat(86)).join('.'),
    'claims changed': async () => (await parts()).with(1, b64(claims({ sub: 'c1002' }))).join('.'),
    'HS256 with the public key as the secret': () => signWithSecret(JSON.stringify(key.jwk)),
    'HS256 with the public key in PEM as the secret': () => signWithSecret(key.pem),
    'HS256 with the bare point of the public key as the secret': () => signWithSecret(key.jwk.x ?? ''),
    'a key of the same id that is not the issuer’s': async () => sign({}, await signingKey('first')),
    'a key that the token brings with it': async () => {
      const own = await signingKey('first')
      return sign({}, own, { jwk: own.jwk })
    },
    'an address at which to find its key': async () =>
      sign({}, await signingKey('first'), { jku: 'http://127.0.0.1:9/jwks' }),
    'a key id that nobody knows': async () => sign({}, await signingKey('made-up')),
    'a key id that is a path': async () => sign({}, { ...(await signingKey('x')), kid: '../../first' }),
    'a key of the issuer’s for another algorithm': () => sign({}, misused),
    'an extension that must be understood': () => sign({}, key, { crit: ['harbor'], harbor: 1 }),
    'another issuer': () => sign({ iss: 'http://elsewhere.test' }),
    'the issuer with a slash more': () => sign({ iss: `${ISSUER}/` }),
    'no issuer': () => sign({ iss: undefined }),
    'the audience of another BFF': () => sign({ aud: 'another-bff' }),
    'the audience of a domain service, as internal tokens have': () =>
      sign({ aud: 'orders', act: { sub: audience } }),
    'no audience': () => sign({ aud: undefined }),
    'an ID token': () => sign({}, key, { typ: 'JWT' }),
    'no type': () => sign({}, key, { typ: undefined }),
    'the type of a log-out token': () => sign({}, key, { typ: 'logout+jwt' }),
    'an expired token': () => sign({ iat: seconds(-3_600), exp: seconds(-6) }),
    'an expired token of long ago': () => sign({ iat: 1, exp: 2 }),
    'not yet valid': () => sign({ nbf: seconds(60) }),
    'issued in the future': () => sign({ iat: seconds(60) }),
    'no expiry': () => sign({ exp: undefined }),
    'an expiry in words': () => sign({ exp: 'tomorrow' }),
    'no time of issue': () => sign({ iat: undefined }),
    'no id': () => sign({ jti: undefined }),
    'no client': () => sign({ client_id: undefined }),
    'no subject': () => sign({ sub: undefined }),
    'an empty subject': () => sign({ sub: '' }),
    'a subject that is a number': () => sign({ sub: 1001 }),
    'roles that are not a list': () => sign({ roles: 'admin' }),
    'scopes that are a list': () => sign({ scope: ['orders:read'] }),
    'a binding that is not to a key': () => sign({ cnf: { 'x5t#S256': 'AAAA' } }),
    'an oversize token': () => sign({ padding: 'x'.repeat(4_096) }),
    'an oversize word': () => 'a'.repeat(10_000),
  }

  return { issuer: ISSUER, audience, key, otherAlgorithm, sign, invalid }
}

/** A key of a phone, with which tokens are bound and proofs are made (RFC 9449). */
export async function createProofKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = await exportJWK(publicKey)

  /** A proof that is good for a request with the token, except for what is said. */
  async function prove(
    request: { method?: string; url: string; token?: string },
    {
      claims = {},
      header = {},
      key = privateKey,
    }: { claims?: object; header?: object; key?: CryptoKey | Uint8Array } = {},
  ): Promise<string> {
    const { method = 'GET', url, token } = request
    const ath = token === undefined ? undefined : createHash('sha256').update(token).digest('base64url')
    return new SignJWT({ jti: randomUUID(), htm: method, htu: url, iat: seconds(), ath, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...header })
      .sign(key)
  }
  return { jwk, privateKey, thumbprint: await calculateJwkThumbprint(jwk), prove }
}
