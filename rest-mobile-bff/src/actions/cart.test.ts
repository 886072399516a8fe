import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

type Line = { sku: string; quantity: number }
const quantityOf = (json: { lines: Line[] }, sku: string) =>
  json.lines.find((line) => line.sku === sku)?.quantity

describe('the cart', () => {
  it('accepts a product after a stock check, and sends an analytics event', async () => {
    const { status, json } = await mobile.send('POST', '/v1/cart/items', { sku: 'HB-1009', quantity: 2 })
    expect(status).toBe(200)
    expect(quantityOf(json, 'HB-1009')).toBe(2)
    expect(json.items).toBe(json.lines.reduce((sum: number, line: Line) => sum + line.quantity, 0))
    await expect.poll(() => mobile.calls().analytics).toBe(1)
    expect(mobile.calls()).toMatchObject({ inventory: 1, cart: 2, analytics: 1 })
    await expect.poll(() => mobile.writes.analytics.part.details?.()).toMatchObject({ waiting: 0, lost: 0 })
  })

  it('changes its quantity, and removes it', async () => {
    await mobile.send('POST', '/v1/cart/items', { sku: 'HB-1010', quantity: 1 })
    const changed = await mobile.send('PATCH', '/v1/cart/items/HB-1010', { quantity: 7 })
    expect(quantityOf(changed.json, 'HB-1010')).toBe(7)
    const removed = await mobile.send('DELETE', '/v1/cart/items/HB-1010')
    expect(removed.status).toBe(200)
    expect(quantityOf(removed.json, 'HB-1010')).toBeUndefined()
  })

  it('refuses unknown and sold-out products without calling the cart service', async () => {
    const unknown = await mobile.send('POST', '/v1/cart/items', { sku: 'HB-999999', quantity: 1 })
    expect([unknown.status, unknown.json.code]).toEqual([404, 'NOT_FOUND'])
    for (const store of ['ber', 'ham', 'muc', 'par', 'tyo']) mobile.mocks.setStock(store, 'HB-1005', 0)
    const soldOut = await mobile.send('POST', '/v1/cart/items', { sku: 'HB-1005', quantity: 1 })
    expect([soldOut.status, soldOut.json.code]).toEqual([422, 'OUT_OF_STOCK'])
    expect(mobile.mocks.calls().cart).toEqual({ 'GET /customers/{id}/cart': 2 })
  })

  it('refuses to change a missing line', async () => {
    const { status } = await mobile.send('PATCH', '/v1/cart/items/HB-1888', { quantity: 1 })
    expect(status).toBe(404)
  })
})

describe('notification preferences', () => {
  it('are the ones of the last write', async () => {
    const body = {
      channels: { email: true, push: false, sms: false },
      topics: { orders: true, offers: false, stock: true },
    }
    const { status, json } = await mobile.send('PUT', '/v1/notification-preferences', body)
    expect(status).toBe(200)
    expect(json).toEqual(body)
  })
})
