import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('cart', () => {
  it('has the lines of the cart with their prices, from one call to each of its upstreams', async () => {
    const { status, json } = await mobile.get('/v1/cart')
    expect(status).toBe(200)
    expect(json).toMatchObject({ id: 'k1001', degraded: [] })
    const totals = json.lines.map(({ total }: { total: { amount: number } }) => total.amount)
    expect(totals).toHaveLength(4)
    expect(totals.reduce((a: number, b: number) => a + b, 0)).toBe(json.total.amount)
    expect(mobile.calls()).toEqual({ cart: 1, pricing: 1, inventory: 1 })
  })

  it('may be cached, but must be revalidated each time', async () => {
    const { headers } = await mobile.get('/v1/cart')
    expect(headers.get('cache-control')).toBe('private, max-age=0')
    const again = await mobile.get('/v1/cart', { 'if-none-match': headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  })

  it('without pricing and inventory still lists its contents', async () => {
    mobile.mocks.setFault('pricing', { errorRate: 1 })
    mobile.mocks.setFault('inventory', { malformed: true })
    const { status, json } = await mobile.get('/v1/cart')
    expect(status).toBe(200)
    expect(json).toMatchObject({ subtotal: null, total: null, degraded: ['pricing', 'inventory'] })
    for (const line of json.lines) expect(line).toMatchObject({ unit: null, total: null, available: null })
  })

  it('without the cart service is a problem, and no other upstream is called', async () => {
    mobile.mocks.setFault('cart', { refuse: true })
    const { status, json } = await mobile.get('/v1/cart')
    expect([status, json.code]).toEqual([503, 'UPSTREAM_UNAVAILABLE'])
    expect(mobile.calls()).toEqual({})
  })
})
