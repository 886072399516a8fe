import { createHash, randomBytes } from 'node:crypto'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MockServices, startMockServices } from '../index.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices()
})
afterAll(() => mocks.close())

/** A browser, as far as log-in needs one: it keeps cookies and stops at redirects. */
function browser() {
  const cookies = new Map<string, string>()
  return async (url: string, form?: Record<string, string>) => {
    const response = await fetch(new URL(url, mocks.services.identity), {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form && { method: 'POST', body: new URLSearchParams(form) }),
    })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';')[0]?.split(/=(.*)/s) ?? []
      cookies.set(name, value)
    }
    return {
      status: response.status,
      location: response.headers.get('location') ?? '',
      text: await response.text(),
    }
  }
}

const verifier = randomBytes(32).toString('base64url')
const challenge = createHash('sha256').update(verifier).digest('base64url')

const authUrl = (more: Record<string, string>) =>
  `/auth?${new URLSearchParams({ response_type: 'code', scope: 'openid profile email orders:read', state: 'st', ...more })}`
const withPkce = { code_challenge: challenge, code_challenge_method: 'S256' }
const web = { client_id: 'web-bff', redirect_uri: 'http://127.0.0.1:39871/auth/callback', ...withPkce }
const app = { client_id: 'mobile-app', redirect_uri: 'example.harbor.app:/callback', ...withPkce }

/** Logs in by the form; the code that the client gets. */
async function logIn(visit: ReturnType<typeof browser>, request: Record<string, string>, username: string) {
  const form = await visit((await visit(authUrl(request))).location)
  expect(form.text).toContain('name="password"')
  const action = /action="([^"]+)"/.exec(form.text)?.[1] ?? ''
  expect((await visit(action, { username, password: 'wrong' })).status).toBe(401)
  const resumed = await visit((await visit(action, { username, password: 'harbor' })).location)
  expect(resumed.location.startsWith(request.redirect_uri ?? '')).toBe(true)
  return new URL(resumed.location).searchParams.get('code') ?? ''
}

async function token(client: 'web-bff' | 'mobile-app', form: Record<string, string>) {
  const secret = client === 'web-bff'
  const response = await fetch(`${mocks.services.identity}/token`, {
    method: 'POST',
    headers: secret ? { authorization: `Basic ${btoa('web-bff:web-bff-secret')}` } : {},
    body: new URLSearchParams({ ...form, ...(!secret && { client_id: client }) }),
  })
  return (await response.json()) as Record<'access_token' | 'id_token' | 'refresh_token' | 'error', string>
}

const redeem = (code: string, redirect_uri: string) => ({
  grant_type: 'authorization_code',
  code,
  redirect_uri,
  code_verifier: verifier,
})

describe('log-in with code and PKCE', () => {
  it('gives the web BFF tokens for its own audience and an ID token that says who it is', async () => {
    const code = await logIn(browser(), web, 'amy.admin@harbor.example')
    const tokens = await token('web-bff', redeem(code, web.redirect_uri))
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
    const code = await logIn(browser(), app, 'ada@harbor.example')
    const { access_token } = await token('mobile-app', redeem(code, app.redirect_uri))
    expect(decodeJwt(access_token)).toMatchObject({
      sub: 'c1001',
      aud: 'mobile-bff',
      roles: ['customer'],
      client_id: 'mobile-app',
    })
  })

  it('does not ask again within a session, but shows what is asked for with prompt=consent', async () => {
    const visit = browser()
    await logIn(visit, web, 'ada@harbor.example')
    expect((await visit(authUrl(web))).location).toContain('code=')
    const consent = await visit((await visit(authUrl({ ...web, prompt: 'consent' }))).location)
    expect(consent.text).toContain('orders:read')
    const allowed = await visit(/action="([^"]+)"/.exec(consent.text)?.[1] ?? '', {})
    expect((await visit(allowed.location)).location).toContain('code=')
  })

  it('refuses a request without PKCE, and a redirect to elsewhere', async () => {
    const { code_challenge: _, code_challenge_method: __, ...withoutPkce } = web
    expect((await browser()(authUrl(withoutPkce))).location).toContain('error=invalid_request')
    const elsewhere = await browser()(authUrl({ ...web, redirect_uri: 'https://evil.example/auth/callback' }))
    expect(elsewhere.status).toBe(400)
  })
})

describe('refresh tokens', () => {
  it('rotate; one that is used twice ends the whole family', async () => {
    const code = await logIn(browser(), web, 'ada@harbor.example')
    const first = await token('web-bff', redeem(code, web.redirect_uri))
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
  const visit = browser()
  const code = await logIn(visit, web, 'ada@harbor.example')
  const { id_token, refresh_token } = await token('web-bff', redeem(code, web.redirect_uri))
  const back = 'http://127.0.0.1:39871/'
  const asked = await visit(
    `/session/end?${new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: back })}`,
  )
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1] ?? ''
  const done = await visit('/session/end/confirm', { xsrf, logout: 'yes' })
  expect(done.location).toBe(back)
  expect((await token('web-bff', { grant_type: 'refresh_token', refresh_token })).error).toBe('invalid_grant')
})
