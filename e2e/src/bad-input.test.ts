import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type System, startSystem } from './harness.ts'
import { CSRF, logInTo, operationHashes, persisted } from './web-client.ts'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system.stop())
beforeEach(() => system.forgetCalls())

const expectNoUpstreamCall = async () => {
  const { identity: _, ...calls } = await system.calls()
  expect(calls).toEqual({})
}

const expectNoInnards = (text: string) =>
  expect(text).not.toMatch(/\n\s+at |\.ts:\d|node_modules|127\.0\.0\.1|ECONN|Did you mean/)

describe('the dashboard BFF', () => {
  const post = async (body: unknown, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${system.web}/graphql`, {
      method: 'POST',
      headers: {
        ...CSRF,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await answer.text()
    expectNoInnards(text)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const parsed = JSON.parse(text) as { errors?: { extensions: { code: string } }[]; code?: string }
    return { status: answer.status, code: parsed.errors?.[0]?.extensions.code ?? parsed.code }
  }
  const byHash = (sha256Hash: string, variables = {}) => ({
    variables,
    extensions: { persistedQuery: { version: 1, sha256Hash } },
  })

  it('refuses an unknown hash, an ad-hoc document and a document that does not even parse', async () => {
    expect(await post(byHash('0'.repeat(64)))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' })
    expect(await post({ query: '{ products(ids: ["p1001"]) { id } }' })).toMatchObject({
      code: 'PERSISTED_QUERY_REQUIRED',
    })
    expect(await post({ query: '{a'.repeat(5_000) })).toMatchObject({ code: 'PERSISTED_QUERY_REQUIRED' })
    expect(await post({ query: '{ __schema { types { name } } }' })).toMatchObject({
      code: 'PERSISTED_QUERY_REQUIRED',
    })
    await expectNoUpstreamCall()
  })

  it('takes no bearer token for a credential, and no cookie that it has not set', async () => {
    const { Dashboard = '' } = await operationHashes(system.web)
    for (const headers of [
      { authorization: `Bearer ${system.demo.webAccessToken}` },
      { authorization: `Bearer ${system.demo.mobileAccessToken}` },
      { cookie: `dev-session=${system.demo.webAccessToken}` },
      { cookie: `dev-session=${'A'.repeat(43)}` },
      { cookie: `__Host-Http-session=${'A'.repeat(43)}` },
    ])
      expect(await post(byHash(Dashboard), headers)).toEqual({ status: 401, code: 'UNAUTHENTICATED' })
    await expectNoUpstreamCall()
  })

  it('refuses what a page of another site can send, before anything is asked', async () => {
    const { Dashboard = '' } = await operationHashes(system.web)
    const cookie = await logInTo(system, system.demo.customer)
    await system.forgetCalls()
    for (const headers of [
      { 'x-csrf': '' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
    ])
      expect(await post(byHash(Dashboard), { cookie, ...headers })).toEqual({
        status: 403,
        code: 'FORBIDDEN',
      })
    expect(await post(byHash(Dashboard), { cookie, 'content-type': 'text/plain' })).toEqual({
      status: 415,
      code: 'UNSUPPORTED_MEDIA_TYPE',
    })
    await expectNoUpstreamCall()
  })

  it('refuses variables of the wrong type, too many ids, and a body that is too large', async () => {
    const { ProductPage = '', ProductList = '' } = await operationHashes(system.web)
    for (const variables of [
      {},
      { id: null },
      { id: ['p1001'] },
      { id: { $ne: 1 } },
      { id: '../../etc/passwd' },
    ])
      expect((await post(byHash(ProductPage, variables))).status).toBe(400)
    const ids = Array.from({ length: 5_000 }, (_, i) => `p${i}`)
    expect((await post(byHash(ProductList, { ids }))).status).toBe(400)
    expect((await post({ padding: 'x'.repeat(2_000_000) })).status).toBe(413)
    expect((await post('{"variables":')).status).toBe(400)
    await expectNoUpstreamCall()
  })

  it('answers null for a product that does not exist', async () => {
    const { data, errors } = await persisted(system, 'ProductPage', { id: 'p999999' })
    expect(data).toEqual({ product: null })
    expect(errors).toBeUndefined()
  })

  it('asks no upstream for a field that the role may not see', async () => {
    const cookie = await logInTo(system, system.demo.customer)
    await system.forgetCalls()
    const { data, errors } = await persisted(system, 'StaffCustomer', { id: 'c1002' }, cookie)
    expect(data).toEqual({ customer: null })
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN')
    await expectNoUpstreamCall()
  })
})

describe('the device BFF', () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${system.devices.addresses.http}${path}`, { headers })
    return { status: answer.status, body: await answer.text() }
  }
  const key = () => ({ k: system.demo.device.key })

  it('answers an error by its status alone', async () => {
    const { sku } = system.demo
    expect(await get(`/s/${sku}`)).toEqual({ status: 401, body: '' })
    expect(await get(`/s/${sku}`, { k: `${system.demo.device.key}x` })).toEqual({ status: 401, body: '' })
    expect(await get(`/s/${sku}`, { k: 'nobody' })).toEqual({ status: 401, body: '' })
    expect(await get('/s/HB-99999999', key())).toEqual({ status: 404, body: '' })
    expect(await get(`/s/${'9'.repeat(4_000)}`, key())).toMatchObject({ body: '' })
    expect(await get('/b/nothing', key())).toEqual({ status: 403, body: '' })
    expect(await get('/etc/passwd', key())).toEqual({ status: 404, body: '' })
    await expectNoUpstreamCall()
  })
})

describe('the mobile BFF', () => {
  it('answers an oversized request line and an expired token as problems, and lives', async () => {
    const long = await fetch(`${system.mobile}/v1/products?cursor=${'x'.repeat(8_000)}`)
    expect(long.status).toBe(400)
    const huge = await fetch(`${system.mobile}/v1/products?cursor=${'x'.repeat(40_000)}`)
    expect(huge.status).toBe(431)
    const [header, , signature] = system.demo.mobileAccessToken.split('.')
    const claims = Buffer.from(JSON.stringify({ sub: 'c1001', roles: ['customer'], exp: 1 })).toString(
      'base64url',
    )
    const forged = await fetch(`${system.mobile}/v1/home`, {
      headers: { authorization: `Bearer ${header}.${claims}.${signature}` },
    })
    expect(forged.status).toBe(401)
    expectNoInnards(await forged.text())
    await expectNoUpstreamCall()
    expect((await fetch(`${system.mobile}/v1/products/${system.demo.productId}`)).status).toBe(200)
  })
})
