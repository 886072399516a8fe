import { describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

/** Data of checkouts in the services since their start. */
async function placed() {
  const answer = await fetch(`${mobile.mocks.controlUrl}/placed`)
  const { orders, payments, reservations } = (await answer.json()) as {
    orders: { id: string; paymentId: string; reservationId: string; hasShipment: boolean; total: object }[]
    payments: { id: string; status: string; amount: object }[]
    reservations: { id: string }[]
  }
  return { orders, authorised: payments.filter(({ status }) => status === 'AUTHORISED'), reservations }
}

/** Each order has its payment and its reservation, and neither exists without an order. */
async function expectConsistent(): Promise<number> {
  const { orders, authorised, reservations } = await placed()
  expect(authorised.map(({ id }) => id).sort()).toEqual(orders.map(({ paymentId }) => paymentId).sort())
  expect(reservations.map(({ id }) => id).sort()).toEqual(
    orders.map(({ reservationId }) => reservationId).sort(),
  )
  return orders.length
}

const fill = (sku = 'HB-1001', quantity = 1) => mobile.send('POST', '/v1/cart/items', { sku, quantity })
const BODY = { cartId: 'k1001', paymentMethod: 'card' }

describe('a checkout', () => {
  it('orders the cart: stock reserved, payment authorised, order and shipment created, cart empty', async () => {
    const before = (await placed()).orders.length
    await fill()
    const { status, json } = await mobile.send('POST', '/v1/checkout', BODY)
    expect(status).toBe(201)
    expect(json).toMatchObject({ number: expect.stringMatching(/^HC-/), status: { code: 'processing' } })
    expect(await expectConsistent()).toBe(before + 1)
    const [order] = (await placed()).orders
    expect(order).toMatchObject({ id: json.orderId, hasShipment: true })
    expect((await mobile.get('/v1/home')).json.cart.items).toBe(0)
  })

  it('sends idempotency key and trace to every upstream that it writes to', async () => {
    await fill()
    await mobile.send('POST', '/v1/checkout', BODY)
    const keys = (['payments', 'orders', 'shipping', 'fraud'] as const).map(
      (service) => mobile.mocks.lastCalls(service).at(-1)?.headers['idempotency-key'],
    )
    const [id] = String(keys[0]).split('-authorise')
    expect(keys).toEqual([
      `${id}-authorise-payment`,
      `${id}-create-order`,
      `${id}-create-shipment`,
      `${id}-assess-fraud`,
    ])
  })

  it.each([
    ['declined', { ...BODY, paymentMethod: 'declined' }, 'PAYMENT_DECLINED'],
    ['shown another total', { ...BODY, total: { amount: 1, currency: 'EUR' } }, 'TOTAL_CHANGED'],
  ])('that is %s is refused with a reason, and leaves nothing behind', async (_, body, reason) => {
    await fill()
    const before = await expectConsistent()
    const { status, json } = await mobile.send('POST', '/v1/checkout', body)
    expect([status, json.code, json.reason]).toEqual([422, 'CHECKOUT_REFUSED', reason])
    expect(JSON.stringify(json)).not.toMatch(/issuer|PAYMENT_DECLINED.*declined the/)
    expect(await expectConsistent()).toBe(before)
  })

  it('of more than the stock names the missing SKU', async () => {
    for (const store of ['ber', 'ham', 'muc', 'par', 'tyo']) mobile.mocks.setStock(store, 'HB-1007', 1)
    await fill('HB-1007', 9)
    const { json } = await mobile.send('POST', '/v1/checkout', BODY)
    expect(json).toMatchObject({
      code: 'CHECKOUT_REFUSED',
      reason: 'OUT_OF_STOCK',
      detail: 'There is not enough of HB-1007.',
    })
    await mobile.send('DELETE', '/v1/cart/items/HB-1007')
  })

  it('rejected by fraud is refused without details', async () => {
    const tokens = await mobile.mocks.tokensOf('c1013')
    const before = await expectConsistent()
    const { status, json } = await mobile.send(
      'POST',
      '/v1/checkout',
      { ...BODY, cartId: 'k1013' },
      { authorization: `Bearer ${tokens?.mobileAccessToken}` },
    )
    expect([status, json.reason]).toEqual([422, 'NOT_ACCEPTED'])
    expect(JSON.stringify(json)).not.toMatch(/fraud/i)
    expect(await expectConsistent()).toBe(before)
  })

  it("of another customer's cart, or of an empty one, leaves no trace and the key free", async () => {
    const key = 'free-as-long-as-nothing-happens'
    const another = await mobile.send('POST', '/v1/checkout', { ...BODY, cartId: 'k1002' }, { key })
    expect(another.status).toBe(404)
    await fill()
    expect((await mobile.send('POST', '/v1/checkout', BODY, { key })).status).toBe(201)
    const empty = await mobile.send('POST', '/v1/checkout', BODY)
    expect(empty.json).toMatchObject({ status: 422, reason: 'CART_EMPTY' })
  })

  it.each([
    ['inventory', { crash: true }],
    ['fraud', { errorRate: 1 }],
    ['payments', { crash: true }],
    ['orders', { malformed: true }],
  ] as const)(
    'continues by itself when %s (%j) recovers in time, and nothing happens twice',
    async (service, fault) => {
      await fill()
      const before = await expectConsistent()
      await mobile.mocks.setFault(service, fault)
      const asked = mobile.send('POST', '/v1/checkout', BODY)
      await expect.poll(() => mobile.calls()[service]).toBeGreaterThan(0)
      await mobile.mocks.clearFaults()
      expect((await asked).status).toBe(201)
      expect(await expectConsistent()).toBe(before + 1)
    },
  )

  it('with an unknown outcome at its deadline is finished when repeated with its key', async () => {
    await fill()
    const before = await expectConsistent()
    const key = 'asked-again-with-the-same-key'
    await mobile.mocks.setFault('orders', { crash: true })
    const first = await mobile.send('POST', '/v1/checkout', BODY, { key })
    expect([first.status, first.json.retryable]).toEqual([503, true])
    expect((await placed()).orders).toHaveLength(before + 1)
    await mobile.mocks.clearFaults()
    const again = async () => (await mobile.send('POST', '/v1/checkout', BODY, { key })).status
    await expect.poll(again, { timeout: 8_000, interval: 200 }).toBe(201)
    expect(await expectConsistent()).toBe(before + 1)
  })

  it('is placed without its shipment, which recovery creates', async () => {
    await fill()
    await mobile.mocks.setFault('shipping', { errorRate: 1 })
    const { status, json } = await mobile.send('POST', '/v1/checkout', BODY)
    expect(status).toBe(201)
    const order = async () => (await placed()).orders.find(({ id }) => id === json.orderId)
    expect(await order()).toMatchObject({ hasShipment: false })
    await mobile.mocks.clearFaults()
    await mobile.writes.checkout.part.start()
    await expect.poll(order, { timeout: 8_000 }).toMatchObject({ hasShipment: true })
  })
})
