import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

const PATH = '/v2/checkout-summary?cartId=k1001'

describe('checkout-summary', () => {
  it('is at most 6.8 KB, from one call to each of its seven upstreams', async () => {
    const { status, text, json } = await mobile.get(PATH)
    expect(status).toBe(200)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6.8 * 1024)
    expect(json.degraded).toEqual([])
    expect(mobile.calls()).toEqual({
      cart: 1,
      pricing: 1,
      inventory: 1,
      tax: 1,
      shipping: 1,
      promotions: 1,
      recommendations: 1,
    })
  })

  it('shows what pricing computed, line by line', async () => {
    const { json } = await mobile.get(PATH)
    const amounts = json.lines.map(({ total }: { total: { amount: number } }) => total.amount)
    expect(amounts).toHaveLength(4)
    expect(amounts.reduce((a: number, b: number) => a + b, 0)).toBe(json.total.amount)
  })

  it("for another customer's cart is not found, and says no more than for one that does not exist", async () => {
    const another = await mobile.get('/v2/checkout-summary?cartId=k1002')
    const missing = await mobile.get('/v2/checkout-summary?cartId=k999999')
    expect(another.status).toBe(404)
    const { traceId: _, ...problem } = another.json
    expect(missing.json).toMatchObject(problem)
  })

  it.each(['shipping', 'promotions', 'recommendations'] as const)(
    'without %s is degraded',
    async (service) => {
      mobile.mocks.setFault(service, { hang: true })
      const { status, json } = await mobile.get(PATH)
      expect(status).toBe(200)
      expect(json[service]).toBeNull()
      expect(json.degraded).toEqual([service])
    },
  )

  it.each(['cart', 'pricing', 'inventory', 'tax'] as const)('without %s is a problem', async (service) => {
    mobile.mocks.setFault(service, { errorRate: 1 })
    const { status, json } = await mobile.get(PATH)
    expect(status).toBe(503)
    expect(json.code).toBe('UPSTREAM_UNAVAILABLE')
  })
})
