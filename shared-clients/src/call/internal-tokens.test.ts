import type { RequestListener } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { Viewer } from '@harbor/shared-runtime/auth'
import { UserId } from '@harbor/shared-runtime/user-id'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readAll, request, startUpstream } from '../../test/upstream.ts'
import type { ServiceName } from '../services.ts'
import { createInternalTokens } from './internal-tokens.ts'
import { openPool } from './outbound.ts'
import { createTokenExchange } from './token-exchange.ts'

type Exchange = Record<string, string>
const SECRET = 'canary:se+cr%t'
const USER_TOKEN = 'canary-user-token'

const viewer = (token: string): Viewer => ({
  id: UserId.parse('c1'),
  roles: new Set(),
  scopes: new Set(),
  clientId: 'app',
  token,
})
const never = new AbortController().signal

/** An identity service: `answer` decides after the form is read; a numbered token unless told. */
async function startIdentity(
  options: { answer?: RequestListener; expiresIn?: number; afterMs?: number } = {},
) {
  const exchanges: Exchange[] = []
  const state = { answer: options.answer }
  const upstream = await startUpstream(async (incoming, response) => {
    exchanges.push(Object.fromEntries(new URLSearchParams(await readAll(incoming))))
    const number = exchanges.length
    await pause(options.afterMs ?? 0)
    if (state.answer) return state.answer(incoming, response)
    response.end(JSON.stringify({ access_token: `token-${number}`, expires_in: options.expiresIn ?? 300 }))
  })
  const pool = openPool(upstream.address)
  onTestFinished(() => pool.destroy())
  const tokens = createInternalTokens(
    createTokenExchange({
      identity: { tokenEndpoint: async () => ({ pool, path: '/token' }) },
      clientId: 'mobile-bff',
      clientSecret: SECRET,
    }),
  )
  const tokenFor = (audience: ServiceName, user?: string, signal = never, refused?: string) =>
    tokens(request({ viewer: user === undefined ? undefined : viewer(user) }), audience, signal, refused)
  return { ...upstream, exchanges, state, tokenFor }
}

test('the user’s token is exchanged for one of the audience, this BFF authenticated by its secret', async () => {
  const identity = await startIdentity()
  expect(await identity.tokenFor('orders', USER_TOKEN)).toBe('token-1')
  expect(identity.exchanges).toEqual([
    {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token: USER_TOKEN,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: 'orders',
    },
  ])
  const [sent] = identity.requests
  expect([sent?.method, sent?.url]).toEqual(['POST', '/token'])
  const basic = Buffer.from(sent?.headers.authorization?.split(' ')[1] ?? '', 'base64').toString()
  expect(basic.split(':').map(decodeURIComponent)).toEqual(['mobile-bff', SECRET])
})

test('without a user the BFF asks in its own name', async () => {
  const identity = await startIdentity()
  await identity.tokenFor('catalog')
  expect(identity.exchanges).toEqual([{ grant_type: 'client_credentials', audience: 'catalog' }])
})

test('a hundred who need the same token at once wait for one exchange; later ones get the stored one', async () => {
  const identity = await startIdentity({ afterMs: 30 })
  const tokens = await Promise.all(Array.from({ length: 100 }, () => identity.tokenFor('orders', 'ada')))
  expect(new Set(tokens)).toEqual(new Set(['token-1']))
  expect(await identity.tokenFor('orders', 'ada')).toBe('token-1')
  expect(identity.exchanges).toHaveLength(1)
})

test('every user and every audience has a token of its own', async () => {
  const identity = await startIdentity()
  const ask = () =>
    Promise.all([
      identity.tokenFor('orders', 'ada'),
      identity.tokenFor('orders', 'bob'),
      identity.tokenFor('cart', 'ada'),
      identity.tokenFor('orders'),
    ])
  const first = await ask()
  expect(new Set(first).size).toBe(4)
  expect(await ask()).toEqual(first)
  expect(identity.exchanges).toHaveLength(4)
})

test('the first caller’s leaving fails nobody else, and its exchange is still used', async () => {
  const identity = await startIdentity({ afterMs: 100 })
  const first = new AbortController()
  const leaving = identity.tokenFor('orders', 'ada', first.signal)
  const staying = identity.tokenFor('orders', 'ada')
  const reason = new Error('gone')
  setTimeout(() => first.abort(reason), 20)
  await expect(leaving).rejects.toBe(reason)
  expect(await staying).toBe('token-1')
  expect(await identity.tokenFor('orders', 'ada')).toBe('token-1')
  expect(identity.exchanges).toHaveLength(1)
})

test('an exchange that fails after everyone has left ends nothing', async () => {
  const identity = await startIdentity({ afterMs: 60, answer: (_, response) => response.destroy() })
  const only = new AbortController()
  const leaving = identity.tokenFor('orders', 'ada', only.signal)
  setTimeout(() => only.abort(new Error('gone')), 20)
  await expect(leaving).rejects.toThrow('gone')
  await pause(100) // an unhandled rejection would fail the run
})

test('who has left already asks for nothing', async () => {
  const identity = await startIdentity({ answer: (_, response) => response.destroy() })
  await expect(identity.tokenFor('orders', 'ada', AbortSignal.abort(new Error('gone')))).rejects.toThrow(
    'gone',
  )
  await pause(50)
  expect(identity.exchanges).toHaveLength(0)
})

const answering =
  (status: number, body: string): RequestListener =>
  (_, response) =>
    void response.writeHead(status).end(body)

test('without a user a refusal is never the consumer’s fault', async () => {
  const identity = await startIdentity({ answer: answering(400, '{"error":"invalid_grant"}') })
  await expect(identity.tokenFor('orders')).rejects.toMatchObject({ code: 'unauthorized' })
})

test('a token that a service refused is not given out again, to nobody, and its successor is kept', async () => {
  const identity = await startIdentity({ afterMs: 20 })
  const first = await identity.tokenFor('orders', 'ada')
  const others = await Promise.all(
    Array.from({ length: 100 }, () => identity.tokenFor('orders', 'ada', never, first)),
  )
  expect(new Set(others)).toEqual(new Set(['token-2']))
  expect(await identity.tokenFor('orders', 'ada')).toBe('token-2')
  // One who was slow to be refused has the successor.
  expect(await identity.tokenFor('orders', 'ada', never, first)).toBe('token-2')
  expect(identity.exchanges).toHaveLength(2)
})

test('a refusal drops the token of that user for that service, and no other', async () => {
  const identity = await startIdentity()
  const ask = () =>
    Promise.all([
      identity.tokenFor('orders', 'ada'),
      identity.tokenFor('cart', 'ada'),
      identity.tokenFor('orders', 'bob'),
      identity.tokenFor('orders'),
    ])
  const before = await ask()
  await identity.tokenFor('orders', 'ada', never, before[0])
  expect(await ask()).toEqual(['token-5', ...before.slice(1)])
})

test('a service that refuses everything costs one exchange in ten seconds', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const identity = await startIdentity()
  const refused = await identity.tokenFor('orders', 'ada')
  const second = await identity.tokenFor('orders', 'ada', never, refused)
  for (let i = 0; i < 50; i++) expect(await identity.tokenFor('orders', 'ada', never, second)).toBe(second)
  vi.advanceTimersByTime(10_000)
  expect(await identity.tokenFor('orders', 'ada', never, second)).toBe('token-3')
  expect(identity.exchanges).toHaveLength(3)
})

test.each<[string, RequestListener, string]>([
  ['refuses the user', answering(400, '{"error":"invalid_grant"}'), 'user_refused'],
  [
    'refuses the user in the words of RFC 8693',
    answering(400, '{"error":"invalid_request"}'),
    'user_refused',
  ],
  ['does not know the audience', answering(400, '{"error":"invalid_target"}'), 'unauthorized'],
  ['refuses in HTML', answering(400, '<html>'), 'unauthorized'],
  ['does not know this BFF', answering(401, '{}'), 'unauthorized'],
  ['has too much to do', answering(429, ''), 'overloaded'],
  ['is broken', answering(500, '{}'), 'unavailable'],
  ['is behind a proxy that says so in HTML', answering(502, '<html>Bad Gateway</html>'), 'unavailable'],
  ['answers without a token', answering(200, '{}'), 'invalid_answer'],
  ['answers with words', answering(200, 'hello'), 'invalid_answer'],
  ['closes the connection', (_, response) => response.destroy(), 'unavailable'],
])('an identity that %s is a typed error, which is not kept and tells no secret', async (_, answer, code) => {
  const identity = await startIdentity({ answer })
  const error = await identity.tokenFor('orders', USER_TOKEN).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'UpstreamError', upstream: 'identity', code })
  const told = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })
  for (const secret of [SECRET, encodeURIComponent(SECRET), USER_TOKEN, 'Basic '])
    expect(told).not.toContain(secret)

  identity.state.answer = undefined
  expect(await identity.tokenFor('orders', USER_TOKEN)).toBe('token-2')
})
