import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('product', () => {
  it('is at most 300 bytes, from one call to each of its three upstreams', async () => {
    for (const id of ['p1001', 'p1500', 'p2222', 'p3000']) {
      mobile.mocks.resetCalls()
      const { status, text } = await mobile.get(`/v1/products/${id}`)
      expect(status).toBe(200)
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(300)
      expect(mobile.calls()).toEqual({ catalog: 1, pricing: 1, inventory: 1 })
    }
  })

  it('shows in stock or not, but neither quantity nor warehouse', async () => {
    const { json } = await mobile.get('/v1/products/p1001')
    expect(Object.keys(json)).toEqual(['id', 'name', 'price', 'image', 'inStock', 'degraded'])
    expect(typeof json.inStock).toBe('boolean')
  })

  it('is the same for everybody: the credential is ignored', async () => {
    const { status, text } = await mobile.get('/v1/products/p1001')
    const anonymous = await mobile.get('/v1/products/p1001', { authorization: 'Bearer not-a-token' })
    expect(status).toBe(200)
    expect(anonymous.text).toBe(text)
    expect(anonymous.headers.get('vary')).toBe('Accept-Language, Accept')
  })

  it('without pricing or inventory has null there, is degraded, and is no-store', async () => {
    mobile.mocks.setFault('pricing', { errorRate: 1 })
    mobile.mocks.setFault('inventory', { hang: true })
    const { status, json, headers } = await mobile.get('/v1/products/p1001')
    expect(status).toBe(200)
    expect(json).toMatchObject({ price: null, inStock: null, degraded: ['pricing', 'inventory'] })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('that does not exist is a 404, and only the catalogue is asked', async () => {
    const { status, json } = await mobile.get('/v1/products/p999999')
    expect(status).toBe(404)
    expect(json.code).toBe('NOT_FOUND')
    expect(mobile.calls()).toEqual({ catalog: 1 })
  })

  it('is written in the language of the request', async () => {
    const german = await mobile.get('/v1/products/p1001', { 'accept-language': 'de-AT, en;q=0.5' })
    const english = await mobile.get('/v1/products/p1001')
    expect(german.json.price.formatted).toMatch(/^\d+,\d\d\u00a0€$/)
    expect(german.headers.get('etag')).not.toBe(english.headers.get('etag'))
  })
})
