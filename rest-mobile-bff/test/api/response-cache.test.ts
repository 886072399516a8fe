import { afterEach, describe, expect, it, vi } from 'vitest'
import { useMobile } from '../mobile.ts'

const mobile = useMobile({ cached: true })
afterEach(() => vi.restoreAllMocks())

const status = async (path: string, headers: Record<string, string> = {}) =>
  (await mobile.app.request(path, { headers })).headers.get('cache-status')

describe('a public answer that is kept', () => {
  it.each(['/v1/products/p1001', '/v1/products?limit=19', '/v1/search?q=table'])(
    '%s is sent again without an upstream or JSON',
    async (path) => {
      const ask = (headers: Record<string, string> = {}) =>
        mobile.app.request(path, { headers: { 'accept-encoding': 'br', ...headers } })
      const etag = (await ask()).headers.get('etag') ?? ''
      mobile.mocks.resetCalls()
      const work = [vi.spyOn(JSON, 'stringify'), vi.spyOn(JSON, 'parse')]
      for (let i = 0; i < 10; i++) {
        expect((await ask()).status).toBe(200)
        expect((await ask({ 'if-none-match': etag })).status).toBe(304)
      }
      for (const spy of work) expect(spy).not.toHaveBeenCalled()
      expect(mobile.mocks.calls()).toEqual({})
    },
  )

  it('is found however its address is written, and kept once a language and a media type', async () => {
    const path = '/v1/products?category=cat-02&limit=3'
    const size = () => mobile.cache?.size().entries
    await status(path)
    const before = size()
    for (const written of [
      '/v1/products?limit=3&category=cat-02',
      '/v1/products?category=cat-02&limit=%33',
      `${path}&utm_source=mail`,
      `${path}&x=0.5`,
      `${path}&locale=en`,
      `${path}&format=json&locale=en`,
    ])
      expect(await status(written), written).toMatch(/^harbor; hit; ttl=\d+$/)
    expect(await status(path, { 'accept-language': 'en-GB, de;q=0.5' })).toContain('hit')
    expect(size()).toBe(before)
    for (const other of [`${path}&locale=de`, `${path}&format=cbor`])
      expect(await status(other)).toBe('harbor; fwd=miss; stored')
    expect(await status(path, { accept: 'application/cbor' })).toContain('hit')
    expect(await status(path, { 'accept-language': 'de' })).toContain('hit')
  })

  it.each([
    ['/v1/products/p1010', 'pricing:price:'],
    ['/v1/products/p1010', 'inventory:stock:'],
    ['/v1/products/p1010', 'catalog:product:'],
    ['/v1/products?limit=4', 'pricing:price:'],
  ])('%s is built anew once a %s of it has changed', async (path, kind) => {
    const { json } = await mobile.get(path)
    const { id } = json.items?.[0] ?? json
    const key = kind.startsWith('catalog') ? id : (await mobile.product(id)).sku
    expect(await status(path)).toContain('hit')
    await mobile.cache?.invalidate([`${kind}no-such-thing`])
    expect(await status(path)).toContain('hit')
    await mobile.cache?.invalidate([kind + key])
    expect(await status(path)).toBe('harbor; fwd=miss; stored')
  })

  it('as a list is built anew when any product changes, and at a gap like everything', async () => {
    for (const path of ['/v1/products?limit=6', '/v1/search?q=lamp']) {
      for (const tag of ['catalog:list', 'pricing:price']) {
        await status(path)
        await mobile.cache?.invalidate([tag])
        expect(await status(path)).toBe('harbor; fwd=miss; stored')
      }
    }
  })
})

describe('what is not kept', () => {
  it('is a degraded answer', async () => {
    mobile.mocks.setFault('pricing', { errorRate: 1 })
    const half = await mobile.get('/v1/products/p1020')
    expect(half.json.degraded).toEqual(['pricing'])
    expect(half.headers.get('cache-control')).toBe('no-store')
    mobile.mocks.clearFaults()
    await vi.waitUntil(async () => (await mobile.get('/v1/products/p1020')).json.degraded.length === 0, {
      timeout: 10_000,
      interval: 100,
    })
    expect(await status('/v1/products/p1020')).toContain('hit')
  })

  it('is an error', async () => {
    for (const path of ['/v1/products/p999999', '/v1/products?limit=0', '/v1/search?q=']) {
      const { headers } = await mobile.get(path)
      expect(headers.get('cache-control')).toBe('no-store')
      expect(headers.get('cache-status')).toBeNull()
    }
  })

  it('is an answer for one customer', async () => {
    const entries = () => mobile.cache?.size().entries
    await mobile.get('/v1/home')
    const before = entries()
    const calls = () => mobile.calls().customers
    const first = calls()
    await mobile.get('/v1/home')
    expect(calls()).toBe((first ?? 0) + 1)
    expect(entries()).toBe(before)
  })
})

describe('for shared caches', () => {
  it.each([
    ['/v1/products/p1001', {}, 'Accept-Language, Accept'],
    ['/v1/products/p1001', { 'accept-language': '*', accept: '*/*' }, 'Accept-Language, Accept'],
    ['/v1/products/p1001?locale=de', {}, 'Accept'],
    ['/v1/products/p1001?locale=de', { 'accept-language': 'fr' }, 'Accept'],
    ['/v1/products/p1001?locale=de&format=cbor', { accept: 'text/html' }, null],
    ['/v1/products?locale=de&format=json', {}, 'Accept-Encoding'],
  ])('%s with %o is public and varies by %s', async (path, headers, vary) => {
    const answer = await mobile.app.request(path, { headers })
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d+, s-maxage=/)
    expect(answer.headers.get('vary')).toBe(vary)
  })

  it.each([
    ['/v1/products/p1001', { 'accept-language': 'de' }],
    ['/v1/products/p1001', { accept: 'application/cbor' }],
    ['/v1/products/p1001', { accept: 'text/html, */*;q=0.8' }],
    ['/v1/products/p1001?locale=de&x=1', {}],
  ])('%s with %o is not: it was made for who asked', async (path, headers) => {
    const answer = await mobile.app.request(path, { headers })
    expect(answer.headers.get('cache-control')).toBe(
      'private, max-age=60, stale-while-revalidate=600, stale-if-error=86400',
    )
  })

  it.each([
    ['/v1/products/p1001?locale=it', {}, 400, 'locale (query): given "it". Allowed: en, de, fr, ja'],
    ['/v1/home?format=xml', {}, 400, 'format (query): given "xml". Allowed: json, cbor'],
    ['/v1/products/p1001', { accept: 'text/html' }, 406, 'Allowed: application/json, application/cbor.'],
    ['/v1/products/p1001', { accept: 'application/json;q=0, application/cbor;q=0' }, 406, 'Allowed'],
  ])('%s with %o is refused and says what is allowed', async (path, headers, code, detail) => {
    const answer = await mobile.get(path, headers)
    expect([answer.status, answer.json.detail]).toEqual([code, expect.stringContaining(detail)])
  })
})
