import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

describe('order', () => {
  it('is the order and its parcel, from one call to each of its two upstreams', async () => {
    const { status, json, text } = await mobile.get('/v1/orders/o104997')
    expect(status).toBe(200)
    expect(json).toMatchObject({ id: 'o104997', status: { code: 'shipped' }, degraded: [] })
    expect(json.lines[0]).toMatchObject({ unit: { currency: 'EUR' }, quantity: expect.any(Number) })
    expect(json.shipments).toHaveLength(1)
    expect(json.shipments[0]).toMatchObject({ status: { code: 'in-transit', label: 'With the carrier' } })
    expect(text).not.toMatch(/IN_TRANSIT|SHIPPED|shp\d|pay\d|rsv-|CC-\d|c1001/)
    expect(mobile.calls()).toEqual({ orders: 1, shipping: 1 })
  })

  it('without shipping has no parcel state and is degraded', async () => {
    mobile.mocks.setFault('shipping', { hang: true })
    const { status, json } = await mobile.get('/v1/orders/o104997')
    expect([status, json.shipments, json.degraded]).toEqual([200, null, ['shipping']])
  })

  it('that is not sent yet has no parcel, without being degraded', async () => {
    const { json } = await mobile.get('/v1/orders?limit=50')
    const cancelled = json.items.find(
      ({ status }: { status: { code: string } }) => status.code === 'cancelled',
    )
    const answer = await mobile.get(`/v1/orders/${cancelled.id}`)
    expect([answer.status, answer.json.shipments, answer.json.degraded]).toEqual([200, [], []])
  })

  it('of another customer is a 404, exactly like one that does not exist', async () => {
    const another = await mobile.get('/v1/orders/o100002')
    const missing = await mobile.get('/v1/orders/o999999')
    expect([another.status, another.json.code]).toEqual([404, 'NOT_FOUND'])
    const { traceId: _, ...problem } = another.json
    expect(missing.json).toMatchObject(problem)
  })
})
