import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('products', () => {
  it.each([1, 50])('cost one call to the catalogue and one to pricing for %i of them', async (limit) => {
    const { json } = await mobile.get(`/v1/products?limit=${limit}`)
    expect(json.items).toHaveLength(limit)
    expect(mobile.calls()).toEqual({ catalog: 1, pricing: 1 })
  })

  it('are joined with their prices by SKU: the services answer in any order', async () => {
    const { json } = await mobile.get('/v1/products?limit=50')
    for (const item of json.items.slice(0, 5)) {
      const alone = await mobile.get(`/v1/products/${item.id}`)
      expect(item.price).toEqual(alone.json.price)
    }
  })

  it('of a category can be paged to its end, each once', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const { json } = await mobile.get(
        `/v1/products?category=cat-01&limit=50${cursor && `&cursor=${cursor}`}`,
      )
      seen.push(...json.items.map(({ id }: { id: string }) => id))
      cursor = json.nextCursor ?? ''
    } while (cursor)
    expect(seen.length).toBeGreaterThan(50)
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('without pricing are answered without prices', async () => {
    mobile.mocks.setFault('pricing', { malformed: true })
    const { status, json } = await mobile.get('/v1/products?limit=3')
    expect(status).toBe(200)
    expect(json.items.map(({ price }: { price: unknown }) => price)).toEqual([null, null, null])
    expect(json.degraded).toEqual(['pricing'])
  })

  it.each([
    ['limit=0', 'limit (query): given "0". Allowed: an integer from 1 to 50'],
    ['limit=ten', 'limit (query): given "ten". Allowed: an integer from 1 to 50'],
    ['category=../secrets', 'category (query): given "../secrets". Allowed: an id such as cat-01'],
    [`cursor=${'x'.repeat(500)}`, 'cursor (query)'],
  ])('with %s say what is allowed, and call no upstream', async (query, detail) => {
    const { status, json } = await mobile.get(`/v1/products?${query}`)
    expect(status).toBe(400)
    expect(json.code).toBe('INVALID_REQUEST')
    expect(json.detail).toContain(detail)
    expect(mobile.calls()).toEqual({})
  })
})
