import { beforeEach, describe, expect, it } from 'vitest'
import { useMobile } from '../../test/mobile.ts'

const mobile = useMobile()

const BODY = { cartId: 'k1001', paymentMethod: 'card' }
const SKU = 'HB-1001'

type Placed = {
  orders: { id: string; customerId: string; paymentId: string; reservationId: string }[]
  payments: { id: string; status: string }[]
  reservations: { id: string }[]
}

const checkout = (body: object = BODY, headers: Record<string, string> = {}) =>
  mobile.send('POST', '/v1/checkout', body, headers)
const fill = () => mobile.send('POST', '/v1/cart/items', { sku: SKU, quantity: 1 })

/** Orders since the start, after checking that each has its own payment and reservation and none is orphaned. */
async function orders(): Promise<number> {
  const answer = await fetch(`${mobile.mocks.controlUrl}/placed`)
  const { orders, payments, reservations } = (await answer.json()) as Placed
  const authorised = payments.filter(({ status }) => status === 'AUTHORISED')
  expect(authorised.map(({ id }) => id).sort()).toEqual(orders.map(({ paymentId }) => paymentId).sort())
  expect(reservations.map(({ id }) => id).sort()).toEqual(orders.map((order) => order.reservationId).sort())
  return orders.length
}

/** Waits until a service has been called in this test. */
const reached = (service: string) => expect.poll(() => mobile.calls()[service] ?? 0).toBeGreaterThan(0)

describe('a cart in one state', () => {
  beforeEach(async () => {
    // Finishes checkouts that an earlier test left open.
    await mobile.writes.checkout.part.start()
    await fill()
    mobile.mocks.resetCalls()
  })

  it.each([2, 5, 20])('is ordered once by %i requests under different keys', async (n) => {
    const before = await orders()
    const answers = await Promise.all(Array.from({ length: n }, () => checkout()))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { status, json } of answers.filter((answer) => answer.status !== 201))
      expect([
        [409, 'CHECKOUT_CONFLICT', 'IN_CHECKOUT'],
        [409, 'CHECKOUT_CONFLICT', 'ALREADY_ORDERED'],
        [422, 'CHECKOUT_REFUSED', 'CART_EMPTY'],
      ]).toContainEqual([status, json.code, json.reason])
    expect(await orders()).toBe(before + 1)
  })

  it.each([
    ['inventory', { hang: true }],
    ['payments', { hang: true }],
    ['payments', { crash: true }],
    ['orders', { crash: true }],
  ] as const)(
    'is ordered once when another checkout comes while the first waits for %s (%j), and after its 5xx',
    async (service, fault) => {
      const before = await orders()
      await mobile.mocks.setFault(service, fault)
      const key = `first-of-${service}-${JSON.stringify(fault).replaceAll(/\W/g, '')}`
      const first = checkout(BODY, { key })
      await reached(service)
      const meanwhile = await checkout()
      const { status, json } = await first
      expect(status).toBeGreaterThanOrEqual(500)
      expect(json.retryable).toBe(true)
      const afterwards = await checkout()
      for (const { json } of [meanwhile, afterwards])
        expect(['CHECKOUT_CONFLICT', 'CHECKOUT_REFUSED']).toContain(json.code)
      await mobile.mocks.clearFaults()
      await expect
        .poll(async () => (await checkout(BODY, { key })).status, { timeout: 15_000, interval: 200 })
        .toBe(201)
      expect(await orders()).toBe(before + 1)
    },
  )

  it('that was declined is free for another key and another payment method', async () => {
    const before = await orders()
    const declined = await checkout({ ...BODY, paymentMethod: 'declined' })
    expect([declined.status, declined.json.reason]).toEqual([422, 'PAYMENT_DECLINED'])
    expect((await checkout({ ...BODY, paymentMethod: 'paypal' })).status).toBe(201)
    expect(await orders()).toBe(before + 1)
  })

  it('is a new state when it is filled with the same products again', async () => {
    const before = await orders()
    expect((await checkout()).status).toBe(201)
    await fill()
    expect((await checkout()).status).toBe(201)
    expect(await orders()).toBe(before + 2)
  })

  it('is independent of the carts of other customers', async () => {
    const before = await orders()
    const others = await Promise.all(
      ['c1031', 'c1032', 'c1033'].map(async (customer) => {
        const tokens = await mobile.mocks.tokensOf(customer)
        const headers = { authorization: `Bearer ${tokens?.mobileAccessToken}` }
        return checkout({ ...BODY, cartId: customer.replace('c', 'k') }, headers)
      }),
    )
    const own = await checkout()
    expect([own, ...others].map(({ status }) => status)).toEqual([201, 201, 201, 201])
    expect(await orders()).toBe(before + 4)
  })
})

it('a cart that changes during its checkout is not ordered, keeps its lines, and can be ordered afterwards', async () => {
  await fill()
  const before = await orders()
  await mobile.mocks.setFault('payments', { latencyMs: 700 })
  const first = checkout()
  await reached('payments')
  expect((await fill()).status).toBe(200)
  const second = await checkout()
  expect([second.status, second.json.code, second.json.reason]).toEqual([
    409,
    'CHECKOUT_CONFLICT',
    'IN_CHECKOUT',
  ])
  const { status, json } = await first
  expect([status, json.reason]).toEqual([409, 'CART_CHANGED'])
  expect(await orders()).toBe(before)
  await mobile.mocks.clearFaults()
  const lines: { sku: string; quantity: number }[] = (await mobile.get('/v1/cart')).json.lines
  expect(lines).toContainEqual(expect.objectContaining({ sku: SKU, quantity: 2 }))
  expect((await checkout()).status).toBe(201)
  expect(await orders()).toBe(before + 1)
})
