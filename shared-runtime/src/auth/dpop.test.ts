import { randomUUID } from 'node:crypto'
import { createIssuer, createProofKey, seconds } from '@harbor/shared-testing/issuer'
import { exportJWK, generateKeyPair } from 'jose'
import { expect, test, vi } from 'vitest'
import { ProblemError, problemBody } from '../errors/problems.ts'
import { createLog } from '../log/log.ts'
import { createTokenVerifier, createUsedProofs, type TokenVerifier } from './index.ts'

const URL = 'https://api.harbor.example/v1/home'
const issuer = await createIssuer('mobile-bff')
const phone = await createProofKey()
const thief = await createProofKey()
const bound = await issuer.sign({ cnf: { jkt: phone.thumbprint } })
const unbound = await issuer.sign()

/** A verifier in a process with this public address; each verifier has its own memory of used proofs. */
const verifier = (publicUrl: string | undefined = 'https://api.harbor.example') =>
  createTokenVerifier({
    issuer: issuer.issuer,
    audience: issuer.audience,
    loadKeys: async () => ({ keys: [issuer.key.jwk] }),
    dpop: { usedProofs: createUsedProofs(undefined, createLog('test', 'silent')), publicUrl },
  })

const REQUEST = { url: URL, token: bound }
const ask = (verify: TokenVerifier, jwt: string | undefined, token = bound, url = URL, method = 'GET') =>
  verify(token, { jwt, method, url })

const refusal = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ProblemError)
  const problem = error as ProblemError
  expect(problemBody(problem, 't')).toEqual(problemBody(new ProblemError('UNAUTHENTICATED'), 't'))
  return problem.challenge
}
const BAD_PROOF = 'Bearer, DPoP error="invalid_dpop_proof", algs="ES256"'

test('a bound token is accepted with a proof of its key', async () => {
  await expect(ask(verifier(), await phone.prove(REQUEST))).resolves.toMatchObject({ id: 'c1001' })
})

test('a bound token sent as a bearer token is refused, and the challenge names the scheme to use', async () => {
  expect(await refusal(verifier()(bound))).toBe('Bearer error="invalid_token", DPoP algs="ES256"')
})

test('an unbound token is refused with a proof', async () => {
  const jwt = await phone.prove({ url: URL, token: unbound })
  expect(await refusal(ask(verifier(), jwt, unbound))).toBe(
    'Bearer, DPoP error="invalid_token", algs="ES256"',
  )
  await expect(verifier()(unbound)).resolves.toMatchObject({ id: 'c1001' })
})

test('a verifier without proof support refuses bound tokens under either scheme', async () => {
  const { dpop: _, ...options } = {
    issuer: issuer.issuer,
    audience: issuer.audience,
    loadKeys: async () => ({ keys: [issuer.key.jwk] }),
    dpop: undefined,
  }
  const verify = createTokenVerifier(options)
  await refusal(verify(bound))
  await refusal(ask(verify, await phone.prove(REQUEST)))
})

/** Proofs signed by the token's own key unless stated otherwise; each has exactly one defect. */
const INVALID: Record<string, () => Promise<string | undefined> | string | undefined> = {
  none: () => undefined,
  'an empty one': () => '',
  words: () => 'a proof',
  'two in one header': async () => `${await phone.prove(REQUEST)}, ${await phone.prove(REQUEST)}`,
  'the access token itself': () => bound,
  'one of another key': () => thief.prove(REQUEST),
  'one that names the right key and is signed by another': () =>
    phone.prove(REQUEST, { key: thief.privateKey }),
  'one without a key': () => phone.prove(REQUEST, { header: { jwk: undefined } }),
  'one with a key id instead of a key': () =>
    phone.prove(REQUEST, { header: { jwk: undefined, kid: 'phone' } }),
  'one that holds the private key': async () =>
    phone.prove(REQUEST, { header: { jwk: await exportJWK(phone.privateKey) } }),
  'one whose key is a shared secret': () =>
    phone.prove(REQUEST, {
      header: { alg: 'HS256', jwk: { kty: 'oct', k: Buffer.from('secret').toString('base64url') } },
      key: Buffer.from('secret'),
    }),
  'one whose key is no point of its curve': () =>
    phone.prove(REQUEST, { header: { jwk: { ...phone.jwk, x: 'AAAA' } } }),
  'one whose key is a word': () => phone.prove(REQUEST, { header: { jwk: 'key' } }),
  'an unsigned one': () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const claims = { jti: randomUUID(), htm: 'GET', htu: URL, iat: seconds() }
    return `${part({ alg: 'none', typ: 'dpop+jwt', jwk: phone.jwk })}.${part(claims)}.`
  },
  'one signed with another algorithm': async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES384')
    return phone.prove(REQUEST, {
      header: { alg: 'ES384', jwk: await exportJWK(publicKey) },
      key: privateKey,
    })
  },
  'one of another type': () => phone.prove(REQUEST, { header: { typ: 'JWT' } }),
  'one without a type': () => phone.prove(REQUEST, { header: { typ: undefined } }),
  'one for another method': () => phone.prove({ ...REQUEST, method: 'POST' }),
  'one for the method in small letters': () => phone.prove({ ...REQUEST, method: 'get' }),
  'one without a method': () => phone.prove(REQUEST, { claims: { htm: undefined } }),
  'one for another path': () => phone.prove({ ...REQUEST, url: 'https://api.harbor.example/v1/cart' }),
  'one for another host': () => phone.prove({ ...REQUEST, url: 'https://evil.example/v1/home' }),
  'one for another port': () => phone.prove({ ...REQUEST, url: 'https://api.harbor.example:444/v1/home' }),
  'one for plain http': () => phone.prove({ ...REQUEST, url: 'http://api.harbor.example/v1/home' }),
  'one for a path alone': () => phone.prove({ ...REQUEST, url: '/v1/home' }),
  'one without an address': () => phone.prove(REQUEST, { claims: { htu: undefined } }),
  'one of a minute ago': () => phone.prove(REQUEST, { claims: { iat: seconds(-62) } }),
  'one of the next minute': () => phone.prove(REQUEST, { claims: { iat: seconds(62) } }),
  'one without a time': () => phone.prove(REQUEST, { claims: { iat: undefined } }),
  'one with a time in words': () => phone.prove(REQUEST, { claims: { iat: 'now' } }),
  'one that has expired by its own word': () => phone.prove(REQUEST, { claims: { exp: seconds(-62) } }),
  'one for another token': () => phone.prove({ ...REQUEST, token: unbound }),
  'one for no token': () => phone.prove({ url: URL }),
  'one without an id': () => phone.prove(REQUEST, { claims: { jti: undefined } }),
  'one with an empty id': () => phone.prove(REQUEST, { claims: { jti: '' } }),
  'one with an endless id': () => phone.prove(REQUEST, { claims: { jti: 'x'.repeat(257) } }),
  'an oversize one': () => phone.prove(REQUEST, { claims: { padding: 'x'.repeat(4_096) } }),
}

test.each(Object.keys(INVALID))('with %s for a proof a bound token is refused', async (name) => {
  expect(await refusal(ask(verifier(), await INVALID[name]?.()))).toBe(BAD_PROOF)
})

test('a proof is accepted once', async () => {
  const verify = verifier()
  const jwt = await phone.prove(REQUEST)
  await ask(verify, jwt)
  expect(await refusal(ask(verify, jwt))).toBe(BAD_PROOF)
  await expect(ask(verify, await phone.prove(REQUEST))).resolves.toBeDefined()
})

test('of a hundred concurrent uses of a proof, one is accepted', async () => {
  const verify = verifier()
  const jwt = await phone.prove(REQUEST)
  const outcomes = await Promise.allSettled(Array.from({ length: 100 }, () => ask(verify, jwt)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

test('an id is used up by its own key only', async () => {
  const verify = verifier()
  const theirs = await issuer.sign({ cnf: { jkt: thief.thumbprint } })
  const claims = { jti: 'the same' }
  await ask(verify, await thief.prove({ url: URL, token: theirs }, { claims }), theirs)
  await expect(ask(verify, await phone.prove(REQUEST, { claims }))).resolves.toBeDefined()
})

test('a refused proof does not use up its id: a valid proof may reuse it', async () => {
  const verify = verifier()
  const claims = { jti: 'mine' }
  await refusal(ask(verify, await phone.prove({ ...REQUEST, method: 'POST' }, { claims })))
  await expect(ask(verify, await phone.prove(REQUEST, { claims }))).resolves.toBeDefined()
})

test('a proof cannot be replayed during its whole validity', async () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
  const verify = verifier()
  const jwt = await phone.prove(REQUEST, { claims: { iat: seconds(59) } })
  await ask(verify, jwt)
  for (let s = 0; s < 130; s += 10) {
    await refusal(ask(verify, jwt))
    vi.advanceTimersByTime(10_000)
  }
  vi.useRealTimers()
})

test('query and fragment are ignored, and equivalent spellings of a URL are accepted', async () => {
  const verify = verifier('https://API.harbor.example:443')
  const asked = 'http://10.0.0.7:4001/v1/home?limit=3'
  for (const url of [
    'https://api.harbor.example/v1/home',
    'https://api.harbor.example:443/v1/home?limit=4#top',
    'HTTPS://API.HARBOR.EXAMPLE/v1/x/../home',
  ])
    await expect(ask(verify, await phone.prove({ ...REQUEST, url }), bound, asked)).resolves.toBeDefined()
})

test('without a public address, proofs are accepted for loopback hosts only, whatever the Host header says', async () => {
  const verify = createTokenVerifier({
    issuer: issuer.issuer,
    audience: issuer.audience,
    loadKeys: async () => ({ keys: [issuer.key.jwk] }),
    dpop: { usedProofs: createUsedProofs(undefined, createLog('test', 'silent')), publicUrl: undefined },
  })
  for (const url of [
    'http://127.0.0.1:4001/v1/home',
    'http://localhost:4001/v1/home',
    'http://[::1]/v1/home',
  ])
    await expect(ask(verify, await phone.prove({ ...REQUEST, url }), bound, url)).resolves.toBeDefined()
  for (const url of [URL, 'http://evil.example/v1/home', 'http://localhost.evil.example/v1/home'])
    expect(await refusal(ask(verify, await phone.prove({ ...REQUEST, url }), bound, url))).toBe(BAD_PROOF)
})
