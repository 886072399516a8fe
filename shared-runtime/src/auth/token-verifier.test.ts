import { createIssuer, seconds, signingKey } from '@harbor/shared-testing/issuer'
import { scaled } from '@harbor/shared-testing/soak'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { UpstreamError } from '../errors/errors.ts'
import { ProblemError, problemBody } from '../errors/problems.ts'
import { createTokenVerifier } from './index.ts'

const { issuer, audience, key, otherAlgorithm, sign, invalid } = await createIssuer('mobile-bff')
const nextKey = await signingKey('second')

/** An identity service that counts requests for its keys. */
function identity() {
  const state = { loads: 0, keys: [key, otherAlgorithm], load: async () => {} }
  const loadKeys = async () => {
    state.loads++
    await state.load()
    return { keys: state.keys.map(({ jwk }) => jwk) }
  }
  return { state, verify: createTokenVerifier({ issuer, audience, loadKeys }) }
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

test('a valid token yields its user, with known roles and scopes only', async () => {
  const token = await sign()
  expect(await identity().verify(token)).toEqual({
    id: 'c1001',
    roles: new Set(['customer']),
    scopes: new Set(['cart:write', 'orders:read']),
    clientId: 'mobile-app',
    token,
  })
})

test.each(Object.keys(invalid))(
  '%s is UNAUTHENTICATED, with the same response as any other invalid token',
  async (name) => {
    const token = await invalid[name]?.()
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

test.each(['exp', 'nbf', 'iat'] as const)(
  'the clock of identity may differ by 5 s: with %s a little off a token is good, beyond it is invalid',
  async (claim) => {
    const towards = claim === 'exp' ? -1 : 1
    const token = (s: number) => sign({ [claim]: seconds(towards * s) })
    await expect(identity().verify(await token(3))).resolves.toMatchObject({ id: 'c1001' })
    await expect(identity().verify(await token(7))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      challenge: 'Bearer error="invalid_token", DPoP algs="ES256"',
    })
  },
)

test('a token that was verified before it expired is good for the same 5 s after that', async () => {
  const { verify } = identity()
  const token = await sign({ exp: seconds(60) })
  await verify(token)
  vi.setSystemTime(Date.now() + 63_000)
  await expect(verify(token)).resolves.toMatchObject({ id: 'c1001' })
  vi.setSystemTime(Date.now() + 4_000)
  await expect(verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('property: a valid token with any change is refused as an invalid credential', async () => {
  const { verify } = identity()
  const token = await sign()
  const bytes = (text: string) =>
    text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
  const changes = fc.oneof(
    fc.record({ at: fc.nat(token.length - 1), by: fc.string({ maxLength: 3 }), cut: fc.nat(3) }),
    fc.record({ at: fc.nat(token.length - 1), by: fc.stringMatching(/^[\w.-]{0,3}$/), cut: fc.nat(3) }),
  )
  await fc.assert(
    fc.asyncProperty(changes, async ({ at, by, cut }) => {
      const changed = token.slice(0, at) + by + token.slice(at + cut)
      // The last character of a signature has four unused bits.
      fc.pre(bytes(changed).join('.') !== bytes(token).join('.') || changed.split('.').length !== 3)
      await expect(verify(changed)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    }),
    { numRuns: scaled(300, 20_000) },
  )
})

test.each(['at+jwt', 'AT+JWT', 'application/at+jwt'])('the type may be written %s', async (typ) => {
  await expect(identity().verify(await sign({}, key, { typ }))).resolves.toMatchObject({ id: 'c1001' })
})

test.each([
  'not-a-token',
  'an oversize word',
  'an ID token',
  'alg none, unsigned',
  'HS256 with the public key as the secret',
  'a header that is not JSON',
  'an opaque refresh token',
  'two parts',
])('%s is refused without loading the keys', async (name) => {
  const { state, verify } = identity()
  state.load = down
  await expect(verify((await invalid[name]?.()) ?? name)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(state.loads).toBe(0)
})

test('many verifications at once load the keys once', async () => {
  const { state, verify } = identity()
  const tokens = await Promise.all(Array.from({ length: 50 }, (_, i) => sign({ sub: `c${i}` })))
  const viewers = await Promise.all([...tokens, ...tokens].map((token) => verify(token)))
  expect(viewers.map(({ id }) => id)).toEqual([...tokens, ...tokens].map((_, i) => `c${i % 50}`))
  expect(state.loads).toBe(1)
})

test('a verified token is cached until it expires', async () => {
  const { verify } = identity()
  const token = await sign({ exp: seconds(60) })
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

test('an invalid token is not cached: it is verified and refused again', async () => {
  const { verify } = identity()
  const wrong = (await invalid['a signature changed']?.()) ?? ''
  const checked = vi.spyOn(crypto.subtle, 'verify')
  for (let i = 0; i < 2; i++) await expect(verify(wrong)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
  expect(checked).toHaveBeenCalledTimes(2)
  checked.mockRestore()
})

test('an outage of identity at the first token is an upstream failure; verification works once identity is back', async () => {
  const { state, verify } = identity()
  const token = await sign()
  state.load = down
  await expect(verify(token)).rejects.toMatchObject({ name: 'UpstreamError', code: 'unavailable' })
  state.load = async () => {}
  await expect(verify(token)).resolves.toMatchObject({ id: 'c1001' })
  expect(state.loads).toBe(2)
})

test('unusable keys are an upstream failure, not an invalid token', async () => {
  const loadKeys = async () => JSON.parse('{"keys":"none"}')
  const verify = createTokenVerifier({ issuer, audience, loadKeys })
  await expect(verify(await sign())).rejects.toMatchObject({ name: 'UpstreamError', code: 'invalid_answer' })
})

test('the first token signed with a new key triggers a reload of the keys', async () => {
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
  await Promise.allSettled(madeUp.map((token) => verify(token)))
  await Promise.allSettled(madeUp.map((token) => verify(token)))
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

test('a hanging reload does not delay tokens whose key is known', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  vi.advanceTimersByTime(11_000)
  state.load = () => new Promise(() => {})
  void verify(await sign({}, nextKey)).catch(() => {})
  await expect(verify(await sign({ sub: 'c1004' }))).resolves.toMatchObject({ id: 'c1004' })
})

test('a revoked key is dropped within minutes, without an unknown key id', async () => {
  const { state, verify } = identity()
  await verify(await sign())
  state.keys = [nextKey]
  vi.advanceTimersByTime(5 * 60_000 + 1)
  await verify(await sign({ sub: 'c1005' })) // starts the reload without awaiting it
  await vi.waitFor(() => expect(state.loads).toBe(2))
  await expect(verify(await sign({ sub: 'c1006' }))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})

test('a cached token is refused once its key is revoked', async () => {
  const { state, verify } = identity()
  const token = await sign()
  await verify(token)
  state.keys = [nextKey]
  vi.advanceTimersByTime(5 * 60_000 + 1)
  await verify(token) // starts the reload without awaiting it
  await vi.waitFor(() => expect(state.loads).toBe(2))
  await expect(verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
})
