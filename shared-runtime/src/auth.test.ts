import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { bearerToken, createTokenVerifier } from './auth.ts'
import { UpstreamError } from './errors.ts'
import { ProblemError, problemBody } from './problems.ts'

const ISSUER = 'http://identity.test'
const AUDIENCE = 'mobile-bff'

async function signingKey(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}
type SigningKey = Awaited<ReturnType<typeof signingKey>>

const key = await signingKey('first')
const nextKey = await signingKey('second')
const otherAlgorithm = await signingKey('other', 'ES384')

const seconds = () => Math.floor(Date.now() / 1000)

const sign = (claims: object = {}, { kid, alg, privateKey }: SigningKey = key) => {
  const payload: JWTPayload = Object.assign(
    {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'c1001',
      exp: seconds() + 3_600,
      roles: ['customer', 'unheard-of'],
      scope: 'openid orders:read cart:write',
    },
    claims,
  )
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(privateKey)
}

/** An identity service that counts how often its keys are asked for. */
function identity() {
  const state = { loads: 0, keys: [key, otherAlgorithm], load: async () => {} }
  const loadKeys = async () => {
    state.loads++
    await state.load()
    return { keys: state.keys.map(({ jwk }) => jwk) }
  }
  return { state, verify: createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, loadKeys }) }
}

const down = async () => {
  throw new UpstreamError('identity', 'unavailable', 'connection refused')
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

test('a good token gives its user, with the roles that are known here and the scopes that are', async () => {
  const token = await sign()
  expect(await identity().verify(token)).toEqual({
    id: 'c1001',
    roles: new Set(['customer']),
    scopes: new Set(['cart:write', 'orders:read']),
    token,
  })
})

const b64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const claims = () => ({ iss: ISSUER, aud: AUDIENCE, sub: 'c1001', exp: seconds() + 60 })

const INVALID: Record<string, () => string | Promise<string>> = {
  nothing: () => '',
  words: () => 'not a token',
  'three empty parts': () => '..',
  'a header that is not JSON': () => 'e30x.e30.e30',
  'alg none': () => `${b64({ alg: 'none' })}.${b64(claims())}.`,
  'a signature cut off': async () => `${(await sign()).split('.').slice(0, 2).join('.')}.`,
  'a signature changed': async () => (await sign()).replace(/\.[^.]{6}(?=[^.]*$)/, '.AAAAAA'),
  'claims changed': async () => {
    const [header, , signature] = (await sign()).split('.')
    return `${header}.${b64({ ...claims(), sub: 'c1002' })}.${signature}`
  },
  'HS256 with the public key as the secret': () =>
    new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: key.kid })
      .sign(new TextEncoder().encode(JSON.stringify(key.jwk))),
  'a key of the same id that is not identity’s': async () => sign({}, { ...(await signingKey('first')) }),
  'a key id that nobody knows': async () => sign({}, await signingKey('made-up')),
  'a key of identity’s for another algorithm': () => sign({}, otherAlgorithm),
  'another issuer': () => sign({ iss: 'http://elsewhere.test' }),
  'another audience': () => sign({ aud: 'web-bff' }),
  'an expired token': () => sign({ exp: seconds() - 6 }),
  'a token of the future': () => sign({ nbf: seconds() + 60 }),
  'no expiry': () => sign({ exp: undefined }),
  'no subject': () => sign({ sub: undefined }),
  'an empty subject': () => sign({ sub: '' }),
  'roles that are not a list': () => sign({ roles: 'admin' }),
  'an oversize token': () => sign({ padding: 'x'.repeat(4_096) }),
}

test.each(Object.keys(INVALID))(
  '%s is UNAUTHENTICATED, and looks like any other token that is not valid',
  async (name) => {
    const token = await INVALID[name]?.()
    const error = await identity()
      .verify(token ?? '')
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ProblemError)
    expect(problemBody(error as ProblemError, 't')).toEqual(
      problemBody(new ProblemError('UNAUTHENTICATED'), 't'),
    )
    expect((error as ProblemError).message).toBe(new ProblemError('UNAUTHENTICATED').message)
  },
)

test('a token that is expired by less than the skew of two clocks is still good', async () => {
  const token = await sign({ exp: seconds() - 3 })
  await expect(identity().verify(token)).resolves.toMatchObject({ id: 'c1001' })
})

test('many verifications at once load the keys once', async () => {
  const { state, verify } = identity()
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => sign({ sub: `c${i}` })))
  const viewers = await Promise.all([...tokens, ...tokens].map(verify))
  expect(viewers.map(({ id }) => id)).toEqual([...tokens, ...tokens].map((_, i) => `c${i % 50}`))
  expect(state.loads).toBe(1)
})

test('a token once verified is not verified again until it expires', async () => {
  const { verify } = identity()
  const token = await sign({ exp: seconds() + 60 })
  const checked = vi.spyOn(crypto.subtle, 'verify')
  const viewer = await verify(token)
  expect(await verify(token)).toBe(viewer)
  vi.setSystemTime(Date.now() + 59_000)
  expect(await verify(token)).toBe(viewer)
  expect(checked).toHaveBeenCalledTimes(1)
  vi.setSystemTime(Date.now() + 7_000)
  await expect(verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  checked.mockRestore()
})

test('identity down at the first token is no fault of the token; it works once identity is back', async () => {
  const { state, verify } = identity()
  const token = await sign()
  state.load = down
  await expect(verify(token)).rejects.toMatchObject({ name: 'UpstreamError', code: 'unavailable' })
  state.load = async () => {}
  await expect(verify(token)).resolves.toMatchObject({ id: 'c1001' })
  expect(state.loads).toBe(2)
})

test('keys that cannot be used are no fault of the token', async () => {
  const loadKeys = async () => JSON.parse('{"keys":"none"}')
  const verify = createTokenVerifier({ issuer: ISSUER, audience: AUDIENCE, loadKeys })
  await expect(verify(await sign())).rejects.toMatchObject({ name: 'UpstreamError', code: 'invalid_answer' })
})

test('a new key of identity is picked up by the first token signed with it', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  state.keys = [key, nextKey]
  vi.advanceTimersByTime(11_000)
  await expect(verify(await sign({ sub: 'c1002' }, nextKey))).resolves.toMatchObject({ id: 'c1002' })
  expect(state.loads).toBe(2)
})

test('made-up key ids cannot flood identity: one reload in ten seconds', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  vi.advanceTimersByTime(11_000)
  const madeUp = await Promise.all(
    Array.from({ length: 20 }, async (_, i) => sign({}, { ...nextKey, kid: `made-up-${i}` })),
  )
  await Promise.allSettled(madeUp.map(verify))
  await Promise.allSettled(madeUp.map(verify))
  expect(state.loads).toBe(2)
})

test('keys stay in use while identity is down', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  state.load = down
  vi.advanceTimersByTime(60 * 60_000)
  await expect(verify(await sign({}, nextKey))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  await expect(verify(await sign({ sub: 'c1003' }))).resolves.toMatchObject({ id: 'c1003' })
  expect(state.loads).toBeGreaterThan(1)
})

test('an identity that hangs at a reload holds up nobody whose key is known', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  vi.advanceTimersByTime(11_000)
  state.load = () => new Promise(() => {})
  void verify(await sign({}, nextKey)).catch(() => {})
  await expect(verify(await sign({ sub: 'c1004' }))).resolves.toMatchObject({ id: 'c1004' })
})

test('a key that identity has withdrawn is dropped within minutes, without any unknown key id', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  state.keys = [nextKey]
  vi.advanceTimersByTime(5 * 60_000 + 1)
  await verify(await sign({ sub: 'c1005' })) // starts the reload and does not wait for it
  await vi.waitFor(() => expect(state.loads).toBe(2))
  await expect(verify(await sign({ sub: 'c1006' }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test.each([
  ['Bearer abc.def-_~+/==', 'abc.def-_~+/=='],
  ['bearer abc', 'abc'],
  ['Basic abc', undefined],
  ['Bearer', undefined],
  ['Bearer a b', undefined],
  ['Bearer a, Bearer b', undefined],
  ['', undefined],
  [undefined, undefined],
  [null, undefined],
])('the token of %j is %j', (header, token) => {
  expect(bearerToken(header)).toBe(token)
})
