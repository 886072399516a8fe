import { createBrowser, submitForm } from '@harbor/shared-testing/browser'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { APP, authUrl, codeFor, redeeming, WEB } from '../../test/log-in.ts'
import { type MockServices, startMockServices } from '../index.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices()
})
afterAll(() => mocks.close())

/** Where a log-in begins at the identity service. */
const begin = (request: Record<string, string>) => mocks.services.identity + authUrl(request)
const logIn = (client: typeof WEB, username: string, browser = createBrowser()) =>
  codeFor(browser, mocks.services.identity, client, username)
const until = WEB.redirect_uri

async function token(client: 'web-bff' | 'mobile-app', form: Record<string, string>) {
  const secret = client === 'web-bff'
  const response = await fetch(`${mocks.services.identity}/token`, {
    method: 'POST',
    headers: secret ? { authorization: `Basic ${btoa('web-bff:web-bff-secret')}` } : {},
    body: new URLSearchParams({ ...form, ...(!secret && { client_id: client }) }),
  })
  return (await response.json()) as Record<'access_token' | 'id_token' | 'refresh_token' | 'error', string>
}

describe('log-in with code and PKCE', () => {
  it('gives the web BFF tokens for its own audience and an ID token that says who it is', async () => {
    const code = await logIn(WEB, 'amy.admin@harbor.example')
    const tokens = await token('web-bff', redeeming(code, WEB))
    const keys = (await (await fetch(`${mocks.services.identity}/jwks`)).json()) as JSONWebKeySet
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, createLocalJWKSet(keys), {
      issuer: mocks.services.identity,
      audience: 'web-bff',
    })
    expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' })
    expect(payload).toMatchObject({
      sub: 's4',
      roles: ['staff', 'finance', 'risk', 'admin'],
      scope: 'orders:read',
    })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600)
    expect(decodeJwt(tokens.id_token)).toMatchObject({
      sub: 's4',
      email: 'amy.admin@harbor.example',
      name: 'Amy Castellanos',
    })
    expect(JSON.stringify(keys)).not.toContain('"d"')
  })

  it('gives the app, which has no secret, tokens for the mobile BFF', async () => {
    const code = await logIn(APP, 'ada@harbor.example')
    const { access_token } = await token('mobile-app', redeeming(code, APP))
    expect(decodeJwt(access_token)).toMatchObject({
      sub: 'c1001',
      aud: 'mobile-bff',
      roles: ['customer'],
      client_id: 'mobile-app',
    })
  })

  it('does not ask again within a session, but shows what is asked for with prompt=consent', async () => {
    const browser = createBrowser()
    await logIn(WEB, 'ada@harbor.example', browser)
    expect((await browser.go(begin(WEB), { until })).url).toContain('code=')
    const consent = await browser.go(begin({ ...WEB, prompt: 'consent' }))
    expect(consent.text).toContain('orders:read')
    expect((await submitForm(browser, consent, {}, until)).url).toContain('code=')
  })

  it('refuses a wrong password, in the form', async () => {
    const browser = createBrowser()
    const form = await browser.go(begin(WEB))
    expect(form.text).toContain('name="password"')
    const wrong = { username: 'ada@harbor.example', password: 'wrong' }
    expect((await submitForm(browser, form, wrong)).status).toBe(401)
  })

  it('refuses a request without PKCE, and a redirect to elsewhere', async () => {
    const { code_challenge: _, code_challenge_method: __, ...withoutPkce } = WEB
    const refused = await createBrowser().go(begin(withoutPkce), { until })
    expect(refused.url).toContain('error=invalid_request')
    const elsewhere = begin({ ...WEB, redirect_uri: 'https://evil.example/auth/callback' })
    expect((await createBrowser().go(elsewhere)).status).toBe(400)
  })
})

describe('refresh tokens', () => {
  it('rotate; one that is used twice ends the whole family', async () => {
    const code = await logIn(WEB, 'ada@harbor.example')
    const first = await token('web-bff', redeeming(code, WEB))
    const refresh = (refresh_token: string) =>
      token('web-bff', { grant_type: 'refresh_token', refresh_token })
    const second = await refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(decodeJwt(second.access_token)).toMatchObject({ sub: 'c1001', aud: 'web-bff' })
    expect((await refresh(first.refresh_token)).error).toBe('invalid_grant')
    expect((await refresh(second.refresh_token)).error).toBe('invalid_grant')
  })
})

it('logging out ends the session and the tokens that depend on it', async () => {
  const browser = createBrowser()
  const code = await logIn(WEB, 'ada@harbor.example', browser)
  const { id_token, refresh_token } = await token('web-bff', redeeming(code, WEB))
  const back = 'http://127.0.0.1:39871/'
  const query = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: back })
  const asked = await browser.go(`${mocks.services.identity}/session/end?${query}`)
  const done = await submitForm(browser, asked, { logout: 'yes' }, back)
  expect(done.url).toBe(back)
  expect((await token('web-bff', { grant_type: 'refresh_token', refresh_token })).error).toBe('invalid_grant')
})
