import { APP, codeFor, redeeming } from '@harbor/mock-services/test/log-in'
import { SCOPES } from '@harbor/shared-runtime/auth'
import { createBrowser } from '@harbor/shared-testing/browser'
import { createProofKey } from '@harbor/shared-testing/issuer'
import { beforeAll, describe, expect, it } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile()
const HOME = 'http://localhost/v1/home'

/** A phone that has logged in, its tokens bound to its key. */
async function logInWithKey() {
  const phone = await createProofKey()
  const { identity } = mobile.mocks.services
  const scope = ['openid', 'offline_access', ...SCOPES].join(' ')
  const code = await codeFor(createBrowser(), identity, { ...APP, scope }, 'ada@harbor.example')
  const ask = async (form: Record<string, string>) => {
    const url = `${identity}/token`
    const answer = await fetch(url, {
      method: 'POST',
      headers: { DPoP: await phone.prove({ method: 'POST', url }) },
      body: new URLSearchParams({ ...form, client_id: 'mobile-app' }),
    })
    const body = await answer.json()
    expect({ status: answer.status, type: body.token_type }).toEqual({ status: 200, type: 'DPoP' })
    return body as { access_token: string; refresh_token: string }
  }
  return { phone, ask, ...(await ask(redeeming(code, APP))) }
}

describe('an access token that identity has bound to the key of a phone', () => {
  let session: Awaited<ReturnType<typeof logInWithKey>>
  beforeAll(async () => {
    session = await logInWithKey()
  })
  const home = (scheme: string, proof?: string) =>
    mobile.get('/v1/home', {
      authorization: `${scheme} ${session.access_token}`,
      ...(proof !== undefined && { dpop: proof }),
    })
  const prove = (changes = {}) => session.phone.prove({ url: HOME, token: session.access_token, ...changes })

  it('shows the home screen with a proof of the key: it is exchanged for internal tokens like any other', async () => {
    const { status, json } = await home('DPoP', await prove())
    expect([status, json.degraded]).toEqual([200, []])
    expect(json.customer.name).toBe('Ada')
  })

  it('is of no use to a thief without the key', async () => {
    const thief = await createProofKey()
    const stolen = { url: HOME, token: session.access_token }
    for (const attempt of [
      await home('Bearer'),
      await home('Bearer', await prove()),
      await home('DPoP'),
      await home('DPoP', await thief.prove(stolen)),
      await home('DPoP', await thief.prove(stolen, { header: { jwk: session.phone.jwk } })),
    ]) {
      expect(attempt.status).toBe(401)
      expect(attempt.json).toMatchObject({ code: 'UNAUTHENTICATED' })
      expect(attempt.json).not.toHaveProperty('detail')
    }
    expect(mobile.calls()).toEqual({})
  })

  it('is of no use with a proof that was overheard', async () => {
    const proof = await prove()
    expect((await home('DPoP', proof)).status).toBe(200)
    mobile.mocks.resetCalls()
    const replayed = await home('DPoP', proof)
    expect(replayed.status).toBe(401)
    expect(replayed.headers.get('www-authenticate')).toBe(
      'Bearer, DPoP error="invalid_dpop_proof", algs="ES256"',
    )
    const elsewhere = await prove({ url: 'http://localhost/v1/orders' })
    expect((await home('DPoP', elsewhere)).status).toBe(401)
    expect(mobile.calls()).toEqual({})
  })

  it('is followed by another when it is refreshed, bound to the same key', async () => {
    const next = await session.ask({ grant_type: 'refresh_token', refresh_token: session.refresh_token })
    const proof = await session.phone.prove({ url: HOME, token: next.access_token })
    const answer = await mobile.get('/v1/home', { authorization: `DPoP ${next.access_token}`, dpop: proof })
    expect(answer.status).toBe(200)
  })

  it('needs a proof for HEAD that says HEAD', async () => {
    const head = async (method: string) =>
      mobile.app.request('/v1/home', {
        method: 'HEAD',
        headers: { authorization: `DPoP ${session.access_token}`, dpop: await prove({ method }) },
      })
    expect((await head('HEAD')).status).toBe(200)
    expect((await head('GET')).status).toBe(401)
  })
})

it('a token that is not bound is not good with a proof', async () => {
  const phone = await createProofKey()
  const token = mobile.demo.mobileAccessToken
  const dpop = await phone.prove({ url: HOME, token })
  const { status, headers } = await mobile.get('/v1/home', { authorization: `DPoP ${token}`, dpop })
  expect(status).toBe(401)
  expect(headers.get('www-authenticate')).toBe('Bearer, DPoP error="invalid_token", algs="ES256"')
})
