import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('glance', () => {
  it('is three numbers in less than 80 bytes, from one call to each of its three upstreams', async () => {
    const { status, json, text } = await mobile.get('/v1/glance')
    expect(status).toBe(200)
    expect(Object.keys(json)).toEqual(['cart', 'inTransit', 'unread', 'degraded'])
    expect(json.inTransit).toBeGreaterThanOrEqual(2)
    expect(Buffer.byteLength(text)).toBeLessThan(80)
    expect(mobile.calls()).toEqual({ cart: 1, orders: 1, notifications: 1 })
  })

  it('agrees with the screens behind it', async () => {
    const { json } = await mobile.get('/v1/glance')
    const [cart, orders, notifications] = await Promise.all(
      ['/v1/cart', '/v1/orders?limit=50', '/v1/notifications'].map(
        async (path) => (await mobile.get(path)).json,
      ),
    )
    const shipped = orders.items.filter(
      ({ status }: { status: { code: string } }) => status.code === 'shipped',
    ).length
    expect(json).toMatchObject({ cart: cart.items, inTransit: shipped, unread: notifications.unread })
  })

  it('is answered as long as one of them is known', async () => {
    mobile.mocks.setFault('cart', { errorRate: 1 })
    mobile.mocks.setFault('orders', { hang: true })
    const { status, json } = await mobile.get('/v1/glance')
    expect(status).toBe(200)
    expect(json).toMatchObject({ cart: null, inTransit: null, unread: expect.any(Number) })
    expect(json.degraded).toEqual(['cart', 'orders'])
  })

  it('is a 503 when none is, whatever the failures', async () => {
    mobile.mocks.setFault('cart', { errorRate: 1 })
    mobile.mocks.setFault('orders', { malformed: true })
    mobile.mocks.setFault('notifications', { hang: true })
    const { status, json } = await mobile.get('/v1/glance')
    expect([status, json.code, json.retryable]).toEqual([503, 'UPSTREAM_UNAVAILABLE', true])
  })
})
