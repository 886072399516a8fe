import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('home', () => {
  it('is at most 6 KB, from one call to each of its five upstreams', async () => {
    const { status, text, json } = await mobile.get('/v1/home')
    expect(status).toBe(200)
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6 * 1024)
    expect(json.degraded).toEqual([])
    expect(mobile.calls()).toEqual({ customers: 1, cart: 1, orders: 1, recommendations: 1, notifications: 1 })
  })

  it('uses our vocabulary: no state of the orders service is sent', async () => {
    const { json, text } = await mobile.get('/v1/home')
    for (const { status } of json.orders)
      expect(status.code).toMatch(/^(processing|shipped|delivered|cancelled|returned)$/)
    expect(text).not.toMatch(/PLACED|PAYMENT_AUTHORISED|PICKING|SHIPPED|DELIVERED|TIER_/)
  })

  it.each([
    ['cart', 'cart'],
    ['orders', 'orders'],
    ['recommendations', 'recommendations'],
    ['notifications', 'unread'],
  ] as const)('without %s has null there and is degraded', async (service, field) => {
    mobile.mocks.setFault(service, { errorRate: 1 })
    const { status, json } = await mobile.get('/v1/home')
    expect(status).toBe(200)
    expect(json[field]).toBeNull()
    expect(json.degraded).toEqual([service])
  })

  it('without the customer is a problem that says whether to try again', async () => {
    mobile.mocks.setFault('customers', { refuse: true })
    const { status, json, headers } = await mobile.get('/v1/home')
    expect(status).toBe(503)
    expect(json).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true })
    expect(headers.get('retry-after')).toBe('1')
  })
})
