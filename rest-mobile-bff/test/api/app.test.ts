import { describe, expect, it } from 'vitest'
import { apiRoutes } from '../../src/app.ts'
import { useMobile } from '../mobile.ts'

const mobile = useMobile()

describe('an answer', () => {
  it('holds nothing volatile in its body: two answers of two traces are the same bytes', async () => {
    const [a, b] = [await mobile.get('/v1/home'), await mobile.get('/v1/home')]
    expect(a.text).toBe(b.text)
    expect(a.headers.get('x-trace-id')).not.toBe(b.headers.get('x-trace-id'))
  })
})

describe('a bad request', () => {
  const problem = async (path: string, headers: Record<string, string>, method = 'GET') => {
    mobile.mocks.resetCalls()
    const answer = await mobile.app.request(path, { method, headers })
    const body = await answer.json()
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(body.traceId).toBe(answer.headers.get('x-trace-id'))
    expect(JSON.stringify(body)).not.toMatch(/\bat \/|\.ts:|127\.0\.0\.1|localhost/)
    expect(mobile.calls()).toEqual({})
    return { status: answer.status, code: body.code, headers: answer.headers }
  }
  const authorised = () => ({ authorization: `Bearer ${mobile.demo.mobileAccessToken}` })

  it('without a token is refused with the scheme to use', async () => {
    const { status, code, headers } = await problem('/v1/home', {})
    expect([status, code]).toEqual([401, 'UNAUTHENTICATED'])
    expect(headers.get('www-authenticate')).toBe('Bearer, DPoP algs="ES256"')
  })

  it.each(['Bearer x', 'Bearer a.b.c', 'Basic YTpi', `Bearer ${'a'.repeat(6000)}`, 'Bearer'])(
    'with the credential %s is refused in the same words',
    async (authorization) => {
      const { status, code } = await problem('/v1/home', { authorization })
      expect([status, code]).toEqual([401, 'UNAUTHENTICATED'])
    },
  )

  it('with a token for another BFF is refused', async () => {
    const { status } = await problem('/v1/home', { authorization: `Bearer ${mobile.demo.webAccessToken}` })
    expect(status).toBe(401)
  })

  it.each([
    ['/v1/products/a,b', 400, 'INVALID_REQUEST'],
    ['/v1/products/p1%2F..%2Fp2', 400, 'INVALID_REQUEST'],
    [`/v1/products/p${'9'.repeat(3000)}`, 400, 'INVALID_REQUEST'],
    ['/v1/orders/o1:2', 400, 'INVALID_REQUEST'],
    ['/v1/orders?limit=51', 400, 'INVALID_REQUEST'],
    ['/v1/notifications?limit=0', 400, 'INVALID_REQUEST'],
    ['/v2/checkout-summary', 400, 'INVALID_REQUEST'],
    ['/v2/checkout-summary?cartId=k1%00', 400, 'INVALID_REQUEST'],
    ['/v1/nothing', 404, 'NOT_FOUND'],
    ['/__proto__', 404, 'NOT_FOUND'],
  ])('for %s is a %i', async (path, status, code) => {
    expect(await problem(path, authorised())).toMatchObject({ status, code })
  })

  it('by another method says which are allowed', async () => {
    const { status, headers } = await problem('/v1/home', authorised(), 'POST')
    expect(status).toBe(405)
    expect(headers.get('allow')).toBe('GET, HEAD')
  })
})

describe('the trace', () => {
  it("goes on from the app's to every upstream", async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
    const { headers } = await mobile.get('/v1/products/p1001', {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
    })
    expect(headers.get('x-trace-id')).toBe(traceId)
    for (const service of ['catalog', 'pricing', 'inventory'] as const)
      expect(mobile.mocks.lastCalls(service).at(-1)?.headers.traceparent).toMatch(
        new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`),
      )
  })
})

describe('the API reference', () => {
  it('names every screen and action with its schema', async () => {
    const document = await (await mobile.app.request('/openapi.json')).json()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths)).toEqual([...new Set(apiRoutes().map(({ path }) => path))])
    expect(document.components.schemas.product.properties).toHaveProperty('inStock')
  })

  it('is a page that loads nothing from elsewhere', async () => {
    const answer = await mobile.app.request('/docs')
    const page = await answer.text()
    expect(page).not.toMatch(/https?:/)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
    for (const [, path = ''] of page.matchAll(/(?:src|href)="([^"]+)"/g))
      expect((await mobile.app.request(path)).status).toBe(200)
  })
})
