import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('orders', () => {
  it.each([1, 50])('cost one call for a page of up to %i', async (limit) => {
    const { status, json } = await mobile.get(`/v1/orders?limit=${limit}`)
    expect(status).toBe(200)
    expect(json.items.length).toBeGreaterThan(0)
    expect(json.items.length).toBeLessThanOrEqual(limit)
    expect(mobile.calls()).toEqual({ orders: 1 })
  })

  it('can be paged to their end, newest first, each once', async () => {
    const seen: { id: string; placedAt: string }[] = []
    let cursor = ''
    do {
      const { json } = await mobile.get(`/v1/orders?limit=15${cursor && `&cursor=${cursor}`}`)
      seen.push(...json.items)
      cursor = json.nextCursor ?? ''
    } while (cursor)
    expect(seen.length).toBeGreaterThan(30)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
    expect(seen).toEqual(seen.toSorted((a, b) => b.placedAt.localeCompare(a.placedAt)))
  })

  it('begin with the ones on home', async () => {
    const home = await mobile.get('/v1/home')
    const { json } = await mobile.get('/v1/orders?limit=3')
    expect(json.items).toEqual(home.json.orders)
  })

  it('with an invalid cursor are a bad request, with our message', async () => {
    const { status, json } = await mobile.get('/v1/orders?cursor=bm90LW9uZQ')
    expect([status, json.code, json.retryable]).toEqual([400, 'INVALID_REQUEST', false])
    expect(json).not.toHaveProperty('detail')
  })
})
