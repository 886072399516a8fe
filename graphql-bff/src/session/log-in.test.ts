import { ProblemError } from '@harbor/shared-runtime/problems'
import { UserId } from '@harbor/shared-runtime/user-id'
import { type Browser, createBrowser, logIn, submitForm } from '@harbor/shared-testing/browser'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startLive } from '../../test/live-app.ts'
import { CSRF, HASHES } from '../../test/test-app.ts'
import { keyOf } from './sessions.ts'

let live: Awaited<ReturnType<typeof startLive>>
let app: Awaited<ReturnType<typeof live.startApp>>
let browser: Browser
const ADA = { username: 'ada@harbor.example', password: 'harbor' }
const AMY = { username: 'amy.admin@harbor.example', password: 'harbor' }

beforeAll(async () => {
  live = await startLive()
  app = await live.startApp({ port: live.port })
})
afterAll(() => live.close())
beforeEach(async () => {
  browser = createBrowser()
  await live.mocks.clearFaults()
})

const whoAmI = async (in_: Browser = browser) =>
  (await in_.call(`${app.url}/session`, { headers: CSRF })).json()
const sessionId = () => /dev-session=([\w-]+)/.exec(browser.cookies(app.url))?.[1] ?? ''

describe('log-in', () => {
  it('goes through the form of the identity service and returns to the page where the user was', async () => {
    const landed = await logIn(browser, app.url, ADA, '/orders?open=1#p1002')
    expect(landed.url).toBe(`${app.url}/orders?open=1#p1002`)
    const session = await whoAmI()
    expect(session).toMatchObject({ user: { roles: ['customer'] } })
    expect(session.user.name).toMatch(/^Ada/)
    const idleMs = new Date(session.idleExpiresAt).getTime() - Date.now()
    expect(Math.round(idleMs / 60_000)).toBe(30)
    expect(Math.round((new Date(session.expiresAt).getTime() - Date.now()) / 3_600_000)).toBe(12)
  })

  it('gives the browser an opaque id, and neither a token nor a name', async () => {
    await logIn(browser, app.url, ADA)
    expect(sessionId()).toMatch(/^[\w-]{43}$/)
    expect(browser.cookies(app.url)).toBe(`dev-session=${sessionId()}`)
    const answer = await browser.call(`${app.url}/session`, { headers: CSRF })
    expect(`${await answer.text()}${[...answer.headers]}`).not.toMatch(/eyJ|c1001/)
  })

  it('ends within its budget while the identity service hangs', async () => {
    // A new process, which has not loaded the metadata of the service yet.
    const fresh = await live.startApp()
    await live.mocks.setFault('identity', { hang: true })
    const navigate = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    const startedAt = performance.now()
    const answer = await browser.call(`${fresh.url}/auth/login`, { headers: navigate })
    expect(performance.now() - startedAt).toBeLessThan(3_500)
    expect(answer.headers.get('location')).toBe('/?log-in=unavailable')
  })

  it('requests a code with PKCE, state and nonce', async () => {
    const answer = await browser.call(`${app.url}/auth/login`, {
      headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    })
    const { origin, searchParams } = new URL(answer.headers.get('location') ?? '')
    expect(origin).toBe(live.mocks.services.identity)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'web-bff',
      redirect_uri: `${app.url}/auth/callback`,
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    })
  })

  it('grants the user the permissions of the roles', async () => {
    await logIn(browser, app.url, AMY)
    const answer = await browser.call(`${app.url}/graphql`, {
      method: 'POST',
      headers: { ...CSRF, 'content-type': 'application/json' },
      body: JSON.stringify({ documentId: HASHES.StaffProduct, variables: { id: 'p1001' } }),
    })
    expect((await answer.json()).data.product.margin).toBeGreaterThan(0)
  })

  it('ends the previous session: a session id from before log-in is invalid afterwards', async () => {
    await logIn(browser, app.url, ADA)
    const before = sessionId()
    await logIn(browser, app.url, ADA)
    expect(sessionId()).not.toBe(before)
    expect(await app.sessions.byKey(keyOf(before))).toBeUndefined()
    expect(await whoAmI()).toMatchObject({ user: { roles: ['customer'] } })
  })

  it('sets no cookie above the browser limit, for any return path and the maximum number of tabs', async () => {
    const longest = [
      `/${'a'.repeat(511)}`,
      `/?q=${'ü'.repeat(84)}`,
      `/#${"'".repeat(510)}`,
      `/${'ü'.repeat(500)}`,
    ]
    await logIn(browser, app.url, ADA)
    for (const returnTo of [...longest, ...longest]) {
      const answer = await browser.call(`${app.url}/auth/login?returnTo=${encodeURIComponent(returnTo)}`, {
        headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      })
      const [line = ''] = answer.headers.getSetCookie()
      expect(line).toContain('log-in=')
      expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4_096)
    }
    const page = await browser.go(`${app.url}/auth/login?returnTo=${encodeURIComponent(longest[0] ?? '')}`)
    expect((await submitForm(browser, page, ADA)).url).toBe(app.url + longest[0])
  })

  it('works in two tabs at the same time', async () => {
    const first = await browser.go(`${app.url}/auth/login?returnTo=/first`)
    const second = await browser.go(`${app.url}/auth/login?returnTo=/second`)
    expect((await submitForm(browser, second, ADA)).url).toBe(`${app.url}/second`)
    expect((await submitForm(browser, first, ADA)).url).toBe(`${app.url}/first`)
  })
})

describe('a callback that does not match a log-in of this browser ends on the page, logged out', () => {
  const FAILED = () => `${app.url}/?log-in=failed`
  const goBack = async (change: (query: URLSearchParams) => void, in_ = browser) => {
    const form = await browser.go(`${app.url}/auth/login`)
    const url = new URL((await submitForm(browser, form, ADA, '/auth/callback')).url)
    change(url.searchParams)
    return { url: url.href, ended: await in_.go(url.href, { from: form.url }) }
  }

  it('an unmodified callback logs in', async () => {
    expect((await goBack(() => {})).ended.url).toBe(`${app.url}/`)
    expect((await whoAmI()).user).not.toBeNull()
  })

  it.each([
    ['another state', (query: URLSearchParams) => query.set('state', 'another')],
    ['no state', (query: URLSearchParams) => query.delete('state')],
    ['another code', (query: URLSearchParams) => query.set('code', 'another')],
    ['no code', (query: URLSearchParams) => query.delete('code')],
    ['another issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.example')],
    ['two codes', (query: URLSearchParams) => query.append('code', 'another')],
    ['an error', (query: URLSearchParams) => query.set('error', 'access_denied')],
  ])('%s', async (_, change) => {
    expect((await goBack(change)).ended.url).toBe(FAILED())
    expect(await whoAmI()).toEqual({ user: null })
  })

  it('in the browser of somebody else (log-in CSRF)', async () => {
    const victim = createBrowser()
    expect((await goBack(() => {}, victim)).ended.url).toBe(FAILED())
    expect(await whoAmI(victim)).toEqual({ user: null })
  })

  it('a second time', async () => {
    const { url } = await goBack(() => {})
    const id = sessionId()
    expect((await browser.go(url)).url).toBe(FAILED())
    expect(sessionId()).toBe(id)
  })
})

it('tokens of two different users do not log in', async () => {
  const other = {
    id: UserId.parse('c1002'),
    roles: new Set<never>(),
    scopes: new Set<never>(),
    clientId: 'web-bff',
    token: 'x',
  }
  const { url } = await live.startApp({ verify: async () => other })
  expect((await logIn(browser, url, ADA)).url).toBe(`${url}/?log-in=failed`)
})

it('an access token for another audience does not log in', async () => {
  const refuse = () => Promise.reject(new ProblemError('UNAUTHENTICATED'))
  const { url } = await live.startApp({ verify: refuse })
  expect((await logIn(browser, url, ADA)).url).toBe(`${url}/?log-in=failed`)
})

describe('with the identity service down', () => {
  it('the user sees that, and can try again', async () => {
    const other = await live.startApp()
    await live.mocks.setFault('identity', { refuse: true })
    expect((await browser.go(`${other.url}/auth/login`)).url).toBe(`${other.url}/?log-in=unavailable`)
    await live.mocks.clearFaults()
    expect((await browser.go(`${other.url}/auth/login`)).text).toContain('name="password"')
  })
})
