import { randomUUID } from 'node:crypto'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import { UserId } from '@harbor/shared-runtime/user-id'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fakeUpstreams } from '../../test/fake-upstreams.ts'
import { OPERATIONS } from '../../test/operations.ts'
import { testSession } from '../../test/test-session.ts'
import { testWrites } from '../../test/test-writes.ts'
import { createApp } from '../app.ts'
import { keyOf } from './sessions.ts'
import { createMemoryStore } from './store-memory.ts'

const ISSUER = 'https://identity.example'
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

type Keys = Awaited<ReturnType<typeof generateKeyPair>>
let keys: Keys
let others: Keys
let rsa: Keys
beforeAll(async () => {
  keys = await generateKeyPair('ES256')
  others = await generateKeyPair('ES256')
  rsa = await generateKeyPair('RS256')
})

let away = false
beforeEach(() => {
  away = false
})

function setUp(store = createMemoryStore()) {
  const session = testSession({
    store,
    issuer: ISSUER,
    keysAddress: async () => `${ISSUER}/jwks`,
    reach: async () => {
      if (away) throw new UpstreamError('identity', 'unavailable', 'away')
      const own = { ...(await exportJWK(keys.publicKey)), kid: 'own', alg: 'ES256' }
      const second = { ...(await exportJWK(rsa.publicKey)), kid: 'rsa', alg: 'PS256' }
      return Response.json({ keys: [own, second] })
    },
  })
  const { clients } = fakeUpstreams()
  const app = createApp({
    clients,
    writes: testWrites(clients),
    session: session.boundary,
    operations: OPERATIONS,
    log: createLog('test', 'silent'),
  })
  const begin = async (userId: string, sid: string) => {
    const cookie = await session.cookieOf('customer', {
      sid,
      user: { id: UserId.parse(userId), roles: [], scopes: [], clientId: 'web-bff' },
    })
    const key = keyOf(cookie.split('=')[1] ?? '')
    return { alive: async () => (await session.boundary.sessions.byKey(key)) !== undefined }
  }
  const send = (body: Record<string, string> | string) =>
    app.request('/auth/backchannel-logout', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
    })
  return { begin, send }
}

const nowS = () => Math.floor(Date.now() / 1000)
const good = (): JWTPayload => ({
  iss: ISSUER,
  aud: 'web-bff',
  iat: nowS(),
  exp: nowS() + 120,
  jti: randomUUID(),
  sub: 'c1001',
  sid: 'sid-1',
  events: { [EVENT]: {} },
})
const sign = (claims: JWTPayload, header: object = {}, key: Keys['privateKey'] = keys.privateKey) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'own', typ: 'logout+jwt', ...header }).sign(key)
const without = (name: string) => {
  const { [name]: _, ...rest } = good()
  return rest
}

describe('a logout token', () => {
  it('with a session of the identity service ends only the sessions created from it', async () => {
    const { begin, send } = setUp()
    const [mine, other, theirs] = [
      await begin('c1001', 'sid-1'),
      await begin('c1001', 'sid-2'),
      await begin('c1002', 'sid-3'),
    ]
    const answer = await send({ logout_token: await sign(good()) })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
    expect([await mine.alive(), await other.alive(), await theirs.alive()]).toEqual([false, true, true])
  })

  it('with a user only ends all sessions of that user', async () => {
    const { begin, send } = setUp()
    const [mine, other, theirs] = [
      await begin('c1001', 'sid-1'),
      await begin('c1001', 'sid-2'),
      await begin('c1002', 'sid-3'),
    ]
    expect((await send({ logout_token: await sign(without('sid')) })).status).toBe(200)
    expect([await mine.alive(), await other.alive(), await theirs.alive()]).toEqual([false, false, true])
  })

  it('is accepted with a session only, an unknown session, or several audiences', async () => {
    const { begin, send } = setUp()
    const mine = await begin('c1001', 'sid-1')
    expect((await send({ logout_token: await sign({ ...good(), sid: 'unknown' }) })).status).toBe(200)
    expect(await mine.alive()).toBe(true)
    expect(
      (await send({ logout_token: await sign({ ...without('sub'), aud: ['a', 'web-bff'] }) })).status,
    ).toBe(200)
    expect(await mine.alive()).toBe(false)
  })

  it('is accepted once', async () => {
    const { begin, send } = setUp()
    const token = await sign(without('sid'))
    expect((await send({ logout_token: token })).status).toBe(200)
    const later = await begin('c1001', 'sid-9')
    expect((await send({ logout_token: token })).status).toBe(400)
    expect(await later.alive()).toBe(true)
  })

  const BAD: Record<string, () => Promise<string> | string> = {
    'not signed': () => new UnsecuredJWT(good()).encode(),
    'signed by another key': () => sign(good(), {}, others.privateKey),
    'signed by another key of the service, by an algorithm that the key is not for': () =>
      sign(good(), { alg: 'RS256', kid: 'rsa' }, rsa.privateKey),
    'signed by a key that nobody knows': () => sign(good(), { kid: 'unknown' }, others.privateKey),
    'changed after it was signed': async () => {
      const [header, , signature] = (await sign(good())).split('.')
      return `${header}.${Buffer.from(JSON.stringify({ ...good(), sub: 'c1002' })).toString('base64url')}.${signature}`
    },
    'of another issuer': () => sign({ ...good(), iss: 'https://evil.example' }),
    'without an issuer': () => sign(without('iss')),
    'for another client': () => sign({ ...good(), aud: 'mobile-app' }),
    'for no client': () => sign(without('aud')),
    'that has expired': () => sign({ ...good(), exp: nowS() - 60 }),
    'without an expiry': () => sign(without('exp')),
    'without a time of issue': () => sign(without('iat')),
    'of long ago': () => sign({ ...good(), iat: nowS() - 3600 }),
    'of the future': () => sign({ ...good(), iat: nowS() + 600, exp: nowS() + 900 }),
    'with a nonce, as an ID token has': () => sign({ ...good(), nonce: 'n' }),
    'without the event': () => sign({ ...good(), events: {} }),
    'without events': () => sign(without('events')),
    'with an event that is no object': () => sign({ ...good(), events: { [EVENT]: 'x' } }),
    'with a list of events': () => sign({ ...good(), events: [EVENT] }),
    'without a user and a session': async () => {
      const { sid: _, ...rest } = without('sub')
      return sign(rest)
    },
    'with an empty user': () => sign({ ...without('sid'), sub: '' }),
    'without an id': () => sign(without('jti')),
    'of another type': () => sign(good(), { typ: 'JWT' }),
    'of the type of an access token': () => sign(good(), { typ: 'at+jwt' }),
    'that is empty': () => '',
    'that is no token': () => 'a.b.c',
    'that is too long': () => sign({ ...good(), padding: 'x'.repeat(10_000) }),
  }
  it.each(Object.entries(BAD))('%s is refused, and ends nothing', async (_, token) => {
    const { begin, send } = setUp()
    const mine = await begin('c1001', 'sid-1')
    const answer = await send({ logout_token: await token() })
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: 'invalid_request', error_description: 'not a valid logout token' },
    ])
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await mine.alive()).toBe(true)
  })

  it.each(['', 'other=x', 'logout_token=a&logout_token=b'])(
    'missing or doubled (%j) is refused',
    async (body) => {
      expect((await setUp().send(body)).status).toBe(400)
    },
  )

  it.each([
    ['a form of more than 16 KiB', `logout_token=a&x=${'x'.repeat(16_384)}`, 413],
    ['a form of more than ten fields', `logout_token=a${'&x=1'.repeat(10)}`, 400],
  ])('in %s is refused before it is parsed', async (_, form, status) => {
    expect((await setUp().send(form)).status).toBe(status)
  })

  it('gets a retryable error when its keys or the session store cannot be reached', async () => {
    const store = createMemoryStore()
    let failing = false
    const members = (group: string) =>
      failing ? Promise.reject(new UpstreamError('session-store', 'unavailable', 'x')) : store.members(group)
    const { begin, send } = setUp({ ...store, members })
    const mine = await begin('c1001', 'sid-1')
    const token = await sign(good())
    away = true
    expect((await send({ logout_token: token })).status).toBe(503)
    away = false
    failing = true
    expect((await send({ logout_token: token })).status).toBe(503)
    failing = false
    expect((await send({ logout_token: token })).status).toBe(200)
    expect(await mine.alive()).toBe(false)
  })
})
