import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, clientToken, grpcClient } from '../test/calls.ts'
import { type MockServices, startMockServices } from './index.ts'
import { SHELF_SKUS } from './seed/devices.ts'

// The address of the image service is part of what is answered; its port is another one at every start.
const OPTIONS = { defaultFaults: false, imagesUrl: 'https://images.harbor.example' }

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices(OPTIONS)
})
afterAll(() => mocks.close())

type Page = { items: Record<string, unknown>[]; nextCursor: string | null; totalCount: number }
const json = async <T = Page>(
  service: Parameters<typeof call>[1],
  path: string,
  body?: unknown,
  on = mocks,
) => {
  const options = body === undefined ? {} : { method: 'POST', body }
  return (await (await call(on, service, path, await clientToken(on, service), options)).json()) as T
}
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

describe('the seed', () => {
  it('has at least 2,000 products, 500 customers and 5,000 orders', async () => {
    expect((await json('catalog', '/products?limit=1')).totalCount).toBeGreaterThanOrEqual(2_000)
    expect((await json('customers', '/customers?limit=1')).totalCount).toBeGreaterThanOrEqual(500)
    expect((await json('orders', '/orders?limit=1')).totalCount).toBeGreaterThanOrEqual(5_000)
  })

  it('is the same in every run', async () => {
    const digest = async (on: MockServices) => {
      const parts = [
        await json('catalog', '/products?limit=50', undefined, on),
        await json('customers', '/customers?limit=50', undefined, on),
        await json('orders', '/orders?limit=50', undefined, on),
        await json('reviews', '/products/reviews?productIds=p1001,p1777&limit=20', undefined, on),
        await json('recommendations', '/customers/c1001/recommendations', undefined, on),
        await json('notifications', '/customers/c1001/notifications', undefined, on),
        await json('cart', '/carts/k1044', undefined, on),
        await json('telemetry', '/readings?deviceIds=d101,d150', undefined, on),
      ]
      return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
    }
    const again = await startMockServices(OPTIONS)
    expect(await digest(again)).toBe(await digest(mocks))
    await again.close()
  })

  it('is made lazily: a start costs less than a second of processor time', async () => {
    const before = process.cpuUsage()
    const started = await startMockServices()
    const { user, system } = process.cpuUsage(before)
    await started.close()
    expect((user + system) / 1000).toBeLessThan(1_000)
  })

  it('has products of about 8 KB with a description of about 3 KB', async () => {
    const { items } = await json('catalog', '/products?limit=100')
    const sizes = items.map(bytes)
    expect(Math.min(...sizes)).toBeGreaterThan(7_000)
    expect(Math.max(...sizes)).toBeLessThan(9_500)
    const texts = items.map((item) => bytes(item.description))
    expect(texts.reduce((sum, size) => sum + size, 0) / texts.length).toBeGreaterThan(2_500)
  })

  it('has customers with more than 40 fields and names of many kinds', async () => {
    const { items } = await json('customers', '/customers?limit=100')
    for (const item of items) expect(Object.keys(item).length).toBeGreaterThanOrEqual(40)
    expect(new Set(items.map(({ firstName, lastName }) => `${firstName} ${lastName}`)).size).toBeGreaterThan(
      90,
    )
  })

  it('answers a checkout of the demo cart with at least 42 KB in all', async () => {
    const cart = await json<{ lines: { sku: string; quantity: number }[] }>('cart', '/carts/k1001')
    expect(cart.lines).toHaveLength(4)
    const lines = cart.lines.map(({ sku, quantity }) => ({ sku, quantity }))
    const answers = [
      cart,
      await json('tax', '/calculations', {
        country: 'DE',
        currency: 'EUR',
        lines: lines.map((line) => ({ ...line, netMinor: 1_000 })),
      }),
      await json('shipping', '/quotes', { cartId: 'k1001', lines, country: 'DE', postalCode: '10435' }),
      await json('promotions', '/promotions?cartId=k1001'),
      await json('recommendations', '/customers/c1001/recommendations?limit=6'),
    ]
    expect(answers.reduce<number>((sum, answer) => sum + bytes(answer), 0)).toBeGreaterThan(42_000)
  })

  it('gives the demo shelf both kinds of flags', async () => {
    const inventory = grpcClient(mocks, 'inventory')
    const token = await clientToken(mocks, 'inventory')
    const { items } = await inventory.unary<{
      items: { sku: string; warehouses: { warehouse: string; available: number }[] }[]
    }>('GetStock', { skus: SHELF_SKUS }, token)
    inventory.close()
    const inBerlin = items.map(
      ({ warehouses }) => warehouses.find(({ warehouse }) => warehouse === 'ber')?.available,
    )
    expect(inBerlin).toHaveLength(20)
    expect(inBerlin.filter((available) => available === 0)).toHaveLength(2)
  })
})

describe('lists', () => {
  it('by ids come in another order, unknown ids left out, each once', async () => {
    const asked = ['p1001', 'p1002', 'p9999', 'p1003', 'HB-1004', 'p1002', 'p1004']
    const { items } = await json('catalog', `/products?ids=${asked}`)
    const ids = items.map(({ id }) => id)
    expect([...ids].sort()).toEqual(['p1001', 'p1002', 'p1003', 'p1004'])
    expect(ids).not.toEqual([...ids].sort())
  })

  it('take at most 100 ids', async () => {
    const ids = Array.from({ length: 101 }, (_, i) => `p${1001 + i}`).join(',')
    const response = await call(mocks, 'catalog', `/products?ids=${ids}`, await clientToken(mocks, 'catalog'))
    expect(response.status).toBe(400)
  })

  it('by cursor hold everything once, newest order first', async () => {
    const seen: Record<string, unknown>[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page: Page = await json('orders', `/orders?status=SHIPPED&limit=7&cursor=${cursor}`)
      seen.push(...page.items)
      cursor = page.nextCursor
      expect(page.items.length).toBeLessThanOrEqual(7)
    }
    expect(seen).toHaveLength((await json('orders', '/orders?status=SHIPPED')).totalCount)
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length)
    const times = seen.map(({ placedAt }) => String(placedAt))
    expect(times).toEqual([...times].sort().reverse())
  })

  it('of reviews are newest first within a product, at most `limit` of each', async () => {
    const { items } = await json('reviews', '/products/reviews?productIds=p1001,p1010,p1011&limit=3')
    expect(items).toHaveLength(3)
    for (const { latest } of items) {
      const times = (latest as { createdAt: string }[]).map(({ createdAt }) => createdAt)
      expect(times.length).toBeLessThanOrEqual(3)
      expect(times).toEqual([...times].sort().reverse())
    }
  })
})
