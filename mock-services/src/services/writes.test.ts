import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, clientToken, exchange, grpcClient, tokenRequest, userToken } from '../../test/calls.ts'
import { type MockServices, type ServiceName, startMockServices } from '../index.ts'

let mocks: MockServices
let customerToken: string
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  customerToken = (await mocks.demo()).webAccessToken
})
afterAll(() => mocks.close())

async function send<T = Record<string, unknown>>(
  service: ServiceName,
  method: string,
  path: string,
  body?: unknown,
  key?: string,
) {
  const token = await userToken(mocks, customerToken, service)
  const headers = key ? { 'idempotency-key': key } : {}
  const response = await call(mocks, service, path, token, { method, body, headers })
  return { status: response.status, body: (await response.json()) as T }
}

type Cart = { version: number; lines: { sku: string; quantity: number }[] }

describe('the cart', () => {
  it('adds to a line, changes it, removes it, and knows what is not sold', async () => {
    const before = (await send<Cart>('cart', 'GET', '/carts/k1001')).body
    const quantityOf = (cart: Cart) => cart.lines.find(({ sku }) => sku === 'HB-1777')?.quantity
    const line = { sku: 'HB-1777', quantity: 2 }
    expect(quantityOf((await send<Cart>('cart', 'POST', '/carts/k1001/lines', line)).body)).toBe(2)
    expect(quantityOf((await send<Cart>('cart', 'POST', '/carts/k1001/lines', line)).body)).toBe(4)
    expect(
      quantityOf((await send<Cart>('cart', 'PATCH', '/carts/k1001/lines/HB-1777', { quantity: 1 })).body),
    ).toBe(1)
    const removed = (await send<Cart>('cart', 'DELETE', '/carts/k1001/lines/HB-1777')).body
    expect(removed.lines).toEqual(before.lines)
    expect(removed.version).toBe(before.version + 4)
    expect((await send('cart', 'POST', '/carts/k1001/lines', { sku: 'HB-1', quantity: 1 })).status).toBe(422)
    expect((await send('cart', 'POST', '/carts/k1001/lines', { sku: 'HB-1001', quantity: 0 })).status).toBe(
      400,
    )
    expect((await send('cart', 'PATCH', '/carts/k1001/lines/HB-1888', { quantity: 1 })).status).toBe(404)
  })
})

describe('a payment', () => {
  const body = { customerId: 'c1001', amount: { amountMinor: 4_990, currency: 'EUR' }, method: 'card' }

  it('is authorised once for a key, and another body under the key is refused', async () => {
    const first = await send('payments', 'POST', '/authorisations', body, 'pay-1')
    expect(first).toMatchObject({ status: 201, body: { status: 'AUTHORISED', customerId: 'c1001' } })
    expect(await send('payments', 'POST', '/authorisations', body, 'pay-1')).toEqual(first)
    const other = { ...body, amount: { amountMinor: 1, currency: 'EUR' } }
    expect((await send('payments', 'POST', '/authorisations', other, 'pay-1')).status).toBe(422)
    expect((await send('payments', 'POST', '/authorisations', body, 'pay-2')).body.id).not.toBe(first.body.id)
    const voided = await send('payments', 'POST', `/authorisations/${first.body.id}/void`)
    expect(voided).toMatchObject({ status: 200, body: { status: 'VOIDED' } })
  })

  it('can be declined', async () => {
    const declined = await send('payments', 'POST', '/authorisations', {
      ...body,
      method: { token: 'tok_declined' },
    })
    expect(declined).toMatchObject({ status: 422, body: { error: { code: 'PAYMENT_DECLINED' } } })
  })
})

it('an order is placed once for a key, is the newest, costs what pricing says, and empties the cart', async () => {
  mocks.setPrice('HB-1006', 1_234)
  const order = {
    customerId: 'c1001',
    cartId: 'k1001',
    lines: [{ sku: 'HB-1006', quantity: 2 }],
    quoteId: 'q',
    paymentId: 'pay1',
    reservationId: 'r',
  }
  const placed = await send('orders', 'POST', '/orders', order, 'order-1')
  expect(placed).toMatchObject({ status: 201, body: { total: { amountMinor: 2_468 }, paymentId: 'pay1' } })
  expect(await send('orders', 'POST', '/orders', order, 'order-1')).toEqual(placed)
  const { items } = (await send<{ items: unknown[] }>('orders', 'GET', '/orders?limit=1')).body
  expect(items[0]).toEqual(placed.body)
  expect((await send<Cart>('cart', 'GET', '/carts/k1001')).body.lines).toEqual([])
  const shipped = await send('shipping', 'POST', '/shipments', { orderId: placed.body.id })
  expect(shipped).toMatchObject({ status: 201, body: { items: [{ orderId: placed.body.id }] } })
  expect((await send('orders', 'POST', '/orders', { ...order, customerId: 'c1002' })).status).toBe(404)
})

describe('a state of a cart', () => {
  const cart = async () => (await send<Cart>('cart', 'GET', '/carts/k1001')).body
  const payment = { customerId: 'c1001', amount: { amountMinor: 500, currency: 'EUR' }, method: 'card' }
  const newOrder = (cartVersion: number, id: string) => ({
    customerId: 'c1001',
    cartId: 'k1001',
    cartVersion,
    lines: [{ sku: 'HB-1006', quantity: 1 }],
    quoteId: 'q',
    paymentId: `pay-${id}`,
    reservationId: `r-${id}`,
  })

  it('is ordered once, whatever the keys; a repetition and a repetition under another key get the same order', async () => {
    const line = { sku: 'HB-1006', quantity: 1 }
    const { version } = (await send<Cart>('cart', 'POST', '/carts/k1001/lines', line)).body
    const first = await send('orders', 'POST', '/orders', newOrder(version, 'one'), 'state-1')
    expect(first.status).toBe(201)
    expect(await send('orders', 'POST', '/orders', newOrder(version, 'one'), 'state-1')).toEqual(first)
    expect(await send('orders', 'POST', '/orders', newOrder(version, 'one'), 'state-2')).toEqual(first)
    const second = await send('orders', 'POST', '/orders', newOrder(version, 'two'), 'state-3')
    expect(second).toMatchObject({ status: 412, body: { error: { code: 'CART_CHANGED' } } })
    const refilled = (await send<Cart>('cart', 'POST', '/carts/k1001/lines', line)).body.version
    const usedPayment = { ...newOrder(refilled, 'one'), reservationId: 'r-other' }
    expect((await send('orders', 'POST', '/orders', usedPayment, 'state-4')).status).toBe(412)
    expect((await send('orders', 'POST', '/orders', newOrder(refilled, 'three'), 'state-5')).status).toBe(201)
  })

  it('that was changed since is not ordered, and what was put into it stays there', async () => {
    const { version } = await cart()
    await send('cart', 'POST', '/carts/k1001/lines', { sku: 'HB-1008', quantity: 1 })
    expect((await send('orders', 'POST', '/orders', newOrder(version, 'stale'), 'state-6')).status).toBe(412)
    expect((await cart()).lines).toContainEqual(expect.objectContaining({ sku: 'HB-1008' }))
  })

  it('has one authorisation that is not void, whatever the keys', async () => {
    const body = { ...payment, cart: { id: 'k1001', version: 1_000 } }
    const first = await send('payments', 'POST', '/authorisations', body, 'cart-pay-1')
    expect(await send('payments', 'POST', '/authorisations', body, 'cart-pay-1')).toEqual(first)
    const second = await send('payments', 'POST', '/authorisations', body, 'cart-pay-2')
    expect(second).toMatchObject({ status: 412, body: { error: { code: 'CART_PAID_FOR' } } })
    const next = { ...body, cart: { id: 'k1001', version: 1_001 } }
    expect((await send('payments', 'POST', '/authorisations', next, 'cart-pay-3')).status).toBe(201)
    await send('payments', 'POST', `/authorisations/${first.body.id}/void`)
    expect((await send('payments', 'POST', '/authorisations', body, 'cart-pay-4')).status).toBe(201)
  })
})

it('fraud rejects large totals and the customer who stands for it', async () => {
  const decision = async (amountMinor: number) =>
    (
      await send('fraud', 'POST', '/assessments', {
        customerId: 'c1001',
        total: { amountMinor, currency: 'EUR' },
        lines: [{ sku: 'HB-1001', quantity: 1 }],
        shippingCountry: 'DE',
      })
    ).body.decision
  expect(await Promise.all([4_000, 600_000, 6_000_000].map(decision))).toEqual(['ACCEPT', 'REVIEW', 'REJECT'])
})

it('preferences are changed in part and stay changed', async () => {
  const path = '/customers/c1001/preferences'
  const { body } = await send('customers', 'PUT', path, { topics: { offers: true } })
  const again = await send('customers', 'PUT', path, { topics: { offers: false } })
  expect(again.body).toEqual({ ...body, topics: { ...(body.topics as object), offers: false } })
  expect((await send('customers', 'GET', '/customers/c1001')).body.preferences).toEqual(again.body)
  expect((await send('customers', 'PUT', path, { topics: { all: true } })).status).toBe(400)
})

it('a quote without lines is for the cart as it is, and not for another person’s', async () => {
  const token = await userToken(mocks, customerToken, 'pricing')
  const client = grpcClient(mocks, 'pricing')
  const line = { sku: 'HB-1009', quantity: 3 }
  await send('cart', 'POST', '/carts/k1001/lines', line)
  const { version } = (await send<Cart>('cart', 'GET', '/carts/k1001')).body
  const quote = await client.unary<{
    cart_version: string
    lines: unknown[]
    total_minor: number
    subtotal_minor: number
    discount_minor: number
  }>('QuoteCart', { cart_id: 'k1001' }, token)
  expect(quote.lines).toContainEqual(expect.objectContaining(line))
  expect(Number(quote.cart_version)).toBe(version)
  expect(quote.subtotal_minor - quote.discount_minor).toBe(quote.total_minor)
  await expect(client.unary('QuoteCart', { cart_id: 'k1002' }, token)).rejects.toMatchObject({ code: 5 })
  client.close()
})

it('readings that come in are the newest of their device', async () => {
  const reading = {
    deviceId: 'd101',
    name: 'temperature',
    unit: 'Cel',
    value: 21.5,
    at: '2026-11-21T10:00:00.000Z',
  }
  expect((await send('telemetry', 'POST', '/readings', { readings: [reading] })).status).toBe(202)
  const { items } = (await send<{ items: unknown[] }>('telemetry', 'GET', '/readings?deviceIds=d101&limit=5'))
    .body
  expect(items).toHaveLength(5)
  expect(items[0]).toEqual(reading)
})

describe('a BFF on its own behalf', () => {
  const order = { customerId: 'c1001', amount: { amountMinor: 990, currency: 'EUR' }, method: 'card' }
  const post = async (service: ServiceName, path: string, token: string, body: unknown, key: string) => {
    const headers = { 'idempotency-key': key }
    const response = await call(mocks, service, path, token, { method: 'POST', body, headers })
    return { status: response.status, body: await response.json() }
  }

  it('ends the checkout of a customer under the same keys: what was done for the customer is not done again', async () => {
    const { mobileAccessToken } = await mocks.demo()
    const exchanged = await tokenRequest(mocks, 'mobile-bff', exchange(mobileAccessToken, 'payments'))
    const first = await post(
      'payments',
      '/authorisations',
      exchanged.body.access_token ?? '',
      order,
      'recovered',
    )
    expect(first.status).toBe(201)
    const alone = await clientToken(mocks, 'payments')
    expect(await post('payments', '/authorisations', alone, order, 'recovered')).toEqual(first)
    const voided = await post(
      'payments',
      `/authorisations/${first.body.id}/void`,
      alone,
      {},
      'recovered-void',
    )
    expect(voided.body).toMatchObject({ status: 'VOIDED' })
  })

  it('changes nothing else of a customer, and only the BFFs that finish checkouts do that', async () => {
    const cart = await clientToken(mocks, 'cart')
    const line = { sku: 'HB-1001', quantity: 1 }
    expect((await post('cart', '/carts/k1001/lines', cart, line, 'alone')).status).toBe(404)
    const customers = await clientToken(mocks, 'customers')
    const preferences = { method: 'PUT', body: { topics: { offers: true } } }
    expect(
      (await call(mocks, 'customers', '/customers/c1001/preferences', customers, preferences)).status,
    ).toBe(404)
    const devices = await tokenRequest(mocks, 'iot-bff', {
      grant_type: 'client_credentials',
      audience: 'payments',
    })
    const refused = await post(
      'payments',
      '/authorisations',
      devices.body.access_token ?? '',
      order,
      'devices',
    )
    expect(refused.status).toBe(404)
  })
})

it('a reservation that was given back cannot be made by a call that comes late', async () => {
  const token = await userToken(mocks, customerToken, 'inventory')
  const client = grpcClient(mocks, 'inventory')
  const reservation = { reservation_id: 'late', lines: [{ sku: 'HB-1001', quantity: 1 }] }
  await client.unary('Release', { reservation_id: 'late' }, token)
  await expect(client.unary('Reserve', reservation, token)).rejects.toMatchObject({ code: 9 })
  client.close()
})
