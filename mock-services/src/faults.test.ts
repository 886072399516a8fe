import { connect } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { call, clientToken, grpcClient } from '../test/calls.ts'
import { type MockServices, startMockServices } from './index.ts'

let mocks: MockServices
let token: string
let grpcToken: string
let client: ReturnType<typeof grpcClient>
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  token = await clientToken(mocks, 'catalog')
  grpcToken = await clientToken(mocks, 'inventory')
  client = grpcClient(mocks, 'inventory')
})
afterEach(() => mocks.clearFaults())
afterAll(async () => {
  client.close()
  await mocks.close()
})

const product = (signal?: AbortSignal) =>
  call(mocks, 'catalog', '/products/p1001', token, signal ? { signal } : {})
const stock = (timeoutMs?: number) =>
  client.unary<Stock>('GetStock', { skus: ['HB-1001'] }, grpcToken, timeoutMs)
type Stock = { items: { sku: string; warehouses: { available: number }[] }[] }

const elapsed = async (run: () => Promise<unknown>) => {
  const startedAt = performance.now()
  await run()
  return performance.now() - startedAt
}
const control = (path: string, method: string, body?: unknown) =>
  fetch(`${mocks.controlUrl}${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) })

describe('latencyMs', () => {
  it('HTTP: the answer comes later', async () => {
    await mocks.setFault('catalog', { latencyMs: 150 })
    expect(await elapsed(async () => expect((await product()).status).toBe(200))).toBeGreaterThan(140)
  })
  it('gRPC: the answer comes later', async () => {
    await mocks.setFault('inventory', { latencyMs: 150 })
    expect(await elapsed(async () => expect((await stock()).items).toHaveLength(1))).toBeGreaterThan(140)
  })
})

describe('brokenRow', () => {
  it('HTTP: the first row of a list is malformed, the others are not', async () => {
    await mocks.setFault('catalog', { brokenRow: true })
    const { items } = await (await call(mocks, 'catalog', '/products?ids=p1001,p1002', token)).json()
    expect(items.map(({ name }: { name: unknown }) => typeof name)).toEqual(['number', 'string'])
  })
  it('gRPC: the first row of a list is malformed', async () => {
    await mocks.setFault('inventory', { brokenRow: true })
    expect((await stock()).items).toMatchObject([{ sku: '' }])
  })
})

describe('unknownEnum', () => {
  it('gRPC: a value is a word that nobody has agreed on', async () => {
    await mocks.setFault('inventory', { unknownEnum: true })
    expect((await stock()).items[0]?.warehouses[0]).toMatchObject({ warehouse: 'constructor' })
  })
})

describe('errorRate', () => {
  it('HTTP: 503 for this share of calls', async () => {
    await mocks.setFault('catalog', { errorRate: 0.5 })
    const statuses = await Promise.all(Array.from({ length: 200 }, async () => (await product()).status))
    const failed = statuses.filter((status) => status === 503).length
    expect(statuses.filter((status) => status === 200)).toHaveLength(200 - failed)
    expect(failed).toBeGreaterThan(60)
    expect(failed).toBeLessThan(140)
  })
  it('gRPC: UNAVAILABLE', async () => {
    await mocks.setFault('inventory', { errorRate: 1 })
    await expect(stock()).rejects.toMatchObject({ code: 14, details: 'try again later' })
  })
})

describe('hang', () => {
  it('HTTP: nothing comes, and the caller who leaves is recorded as gone', async () => {
    await mocks.setFault('catalog', { hang: true })
    await expect(product(AbortSignal.timeout(150))).rejects.toThrow()
    await expect.poll(() => mocks.lastCalls('catalog').at(-1)).toMatchObject({ cancelled: true })
  })
  it('gRPC: nothing comes, and the caller whose deadline passed is recorded as gone', async () => {
    await mocks.setFault('inventory', { hang: true })
    await expect(stock(150)).rejects.toMatchObject({ code: 4 })
    await expect
      .poll(() => mocks.lastCalls('inventory').at(-1))
      .toMatchObject({ method: 'GetStock', cancelled: true })
  })
})

describe('dripBytesPerSecond', () => {
  it('HTTP: a part of the answer at a time, whole in the end', async () => {
    await mocks.setFault('catalog', { dripBytesPerSecond: 20_000 })
    const startedAt = performance.now()
    const response = await product()
    expect(performance.now() - startedAt).toBeLessThan(200)
    expect(((await response.json()) as { id: string }).id).toBe('p1001')
    expect(performance.now() - startedAt).toBeGreaterThan(300)
  })
  it('gRPC: headers, then nothing', async () => {
    await mocks.setFault('inventory', { dripBytesPerSecond: 10 })
    await expect(stock(150)).rejects.toMatchObject({ code: 4 })
  })
})

describe('malformed', () => {
  it('HTTP: 200 with JSON that is cut off, then with values of wrong types', async () => {
    await mocks.setFault('catalog', { malformed: true })
    const first = await product()
    expect(first.status).toBe(200)
    await expect(first.json()).rejects.toThrow()
    const second = (await (await product()).json()) as Record<string, unknown>
    expect(typeof second.name).toBe('number')
    expect(typeof second.margin).toBe('string')
    expect(Array.isArray(second.images)).toBe(false)
  })
  it('gRPC: a message that cannot be decoded, then one without its data', async () => {
    await mocks.setFault('inventory', { malformed: true })
    await expect(stock()).rejects.toMatchObject({ code: 13 })
    const { items } = await stock()
    expect(items[0]).toMatchObject({ sku: '', reorder_cost: 0 })
  })
})

describe('refuse', () => {
  it.each(['catalog', 'inventory'] as const)(
    '%s: connecting is refused, and possible again afterwards',
    async (service) => {
      const port = Number(new URL(mocks.services[service]).port)
      await mocks.setFault(service, { refuse: true })
      await expect(connecting(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
      await mocks.clearFaults(service)
      await connecting(port)
    },
  )
  it('gRPC: a client that was connected is cut off and recovers', async () => {
    await stock()
    await mocks.setFault('inventory', { refuse: true })
    await expect(stock(500)).rejects.toMatchObject({ code: 14 })
    await mocks.clearFaults('inventory')
    await expect.poll(() => stock(500).then(() => 'recovered', String)).toBe('recovered')
  })
})

describe('crash', () => {
  it('HTTP: the status and a part of the body come, then the connection is cut', async () => {
    await mocks.setFault('catalog', { crash: true })
    const response = await product()
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow()
    await mocks.clearFaults('catalog')
    expect((await product()).status).toBe(200)
  })
  it('gRPC: the connection is cut after the headers', async () => {
    await mocks.setFault('inventory', { crash: true })
    await expect(stock()).rejects.toMatchObject({ code: 14 })
    await mocks.clearFaults('inventory')
    await expect.poll(() => stock(500).then(() => 'recovered', String)).toBe('recovered')
  })
})

describe('the control port', () => {
  it('puts a fault in force by the time it answers, and takes it back', async () => {
    expect((await control('/faults/catalog', 'PUT', { errorRate: 1 })).status).toBe(200)
    expect((await product()).status).toBe(503)
    await control('/faults', 'DELETE')
    expect((await product()).status).toBe(200)
  })
  it('answers a wrong fault with what is allowed', async () => {
    for (const wrong of [{ errorRate: 2 }, { slow: true }, 'hang', undefined]) {
      const response = await control('/faults/catalog', 'PUT', wrong)
      expect(response.status).toBe(400)
      expect(await response.text()).toMatch(/allowed: latencyMs .*errorRate .*crash/)
    }
    expect(await (await control('/faults/catalogue', 'PUT', {})).text()).toMatch(
      /catalogue.*not one of identity, catalog/,
    )
  })
})

it('faults reach identity, too, which is not made of routes', async () => {
  await mocks.setFault('identity', { malformed: true })
  const response = await fetch(`${mocks.services.identity}/jwks`)
  expect(response.status).toBe(200)
  await expect(response.json()).rejects.toThrow()
})

it('recommendations fail 0.8 % of the time unless told not to', async () => {
  const usual = await startMockServices()
  const recommendations = await clientToken(usual, 'recommendations')
  const status = async () =>
    (
      await call(
        usual,
        'recommendations',
        '/products/recommendations?productIds=p1001&limit=1',
        recommendations,
      )
    ).status
  const statuses: number[] = []
  for (let i = 0; i < 8; i++) statuses.push(...(await Promise.all(Array.from({ length: 50 }, status))))
  const failed = statuses.filter((code) => code === 503).length
  expect(failed).toBeGreaterThan(0)
  expect(failed).toBeLessThan(30)
  await usual.close()
})

const connecting = (port: number) =>
  new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
  })
