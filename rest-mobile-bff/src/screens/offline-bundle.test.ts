import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

type Product = { id: string; category: string; price: object | null }

describe('offline-bundle', () => {
  it('without the catalogue is a problem until one has been built', async () => {
    mobile.mocks.setFault('catalog', { errorRate: 1 })
    const { status, json } = await mobile.get('/v1/offline-bundle')
    expect([status, json.code]).toEqual([503, 'UPSTREAM_UNAVAILABLE'])
  })

  it('has all products on sale, read in pages of a hundred, once for all requests', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => mobile.get('/v1/offline-bundle')))
    expect(mobile.calls()).toEqual({ catalog: 20, pricing: 20 })
    const [{ status, json, text, headers } = { status: 0, json: {}, text: '', headers: new Headers() }] =
      answers
    expect(status).toBe(200)
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1)
    const sold = mobile.mocks.products
      .inCategory(null)
      .filter((head) => mobile.mocks.products.full(head).active)
    expect(json.products.map(({ id }: Product) => id).sort()).toEqual(sold.map(({ id }) => id).sort())
    const categories = new Set(json.categories.map(({ id }: { id: string }) => id))
    for (const { category, price } of json.products) {
      expect(categories.has(category)).toBe(true)
      expect(Object.keys(price)).toEqual(['amount', 'currency'])
    }
    expect(Buffer.byteLength(text)).toBeLessThan(400_000)
    expect(headers.get('cache-control')).toBe('public, max-age=5, s-maxage=60, stale-if-error=86400')
  })

  it('once built is cached: no upstream is called', async () => {
    for (const service of ['catalog', 'pricing'] as const) mobile.mocks.setFault(service, { refuse: true })
    expect((await mobile.get('/v1/offline-bundle')).status).toBe(200)
    expect(mobile.calls()).toEqual({})
  })

  it('is the same in every language', async () => {
    const [english, japanese] = [
      await mobile.get('/v1/offline-bundle'),
      await mobile.get('/v1/offline-bundle', { 'accept-language': 'ja' }),
    ]
    expect(japanese.text).toBe(english.text)
  })
})
