import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { call, clientToken, grpcClient, userToken } from '../test/calls.ts'
import { type MockServices, startMockServices } from './index.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
})
beforeEach(() => mocks.resetCalls())
afterAll(() => mocks.close())

it('counts calls by route pattern, refused ones and unknown routes included', async () => {
  const token = await clientToken(mocks, 'catalog')
  mocks.resetCalls()
  await call(mocks, 'catalog', '/products/p1001', token)
  await call(mocks, 'catalog', '/products/p1002?w=1', token)
  await call(mocks, 'catalog', '/products?ids=p1001', 'nonsense')
  await call(mocks, 'catalog', '/nowhere', token)
  const recommendations = await clientToken(mocks, 'recommendations')
  await call(mocks, 'recommendations', '/products/recommendations?productIds=p1001', recommendations)
  const counts = await (await fetch(`${mocks.controlUrl}/calls`)).json()
  expect(counts).toEqual({
    identity: { 'POST /token': 1 },
    catalog: { 'GET /products/{id}': 2, 'GET /products': 1, 'GET (unknown)': 1 },
    recommendations: { 'GET /products/recommendations': 1 },
  })
  expect(mocks.calls()).toEqual(counts)
  await fetch(`${mocks.controlUrl}/calls`, { method: 'DELETE' })
  expect(mocks.calls()).toEqual({})
})

it('counts gRPC calls by method, refused ones included', async () => {
  const token = await clientToken(mocks, 'pricing')
  mocks.resetCalls()
  const client = grpcClient(mocks, 'pricing')
  await client.unary('GetPrices', { skus: ['HB-1001'] }, token)
  await client.unary('GetPrices', { skus: ['HB-1001'] }, '').catch(() => {})
  await client.unary('QuoteCart', { lines: [{ sku: 'HB-1001', quantity: 2 }] }, token)
  client.close()
  expect(mocks.calls()).toEqual({ pricing: { GetPrices: 2, QuoteCart: 1 } })
})

it('shows the last calls with the claims of their token and never the token itself', async () => {
  const { webAccessToken } = await mocks.demo()
  const token = await userToken(mocks, webAccessToken, 'catalog')
  await call(mocks, 'catalog', '/products/p1001', token, {
    headers: { traceparent: '00-ab-cd-01', 'x-remaining-ms': '40' },
  })
  const answer = await (await fetch(`${mocks.controlUrl}/calls/last?service=catalog`)).text()
  expect(answer).not.toContain(token.split('.')[2])
  expect(JSON.parse(answer).at(-1)).toMatchObject({
    method: 'GET',
    path: '/products/p1001',
    headers: {
      traceparent: '00-ab-cd-01',
      'x-remaining-ms': '40',
      authorization: { sub: 'c1001', act: { sub: 'web-bff' } },
    },
    cancelled: false,
    durationMs: expect.any(Number),
  })
  expect(await (await fetch(`${mocks.controlUrl}/calls/last?service=identity`)).text()).not.toContain(
    'web-bff-secret',
  )
})

it('keeps the last 100 calls', async () => {
  for (let i = 0; i < 105; i++) await call(mocks, 'catalog', `/products/p${1001 + i}`, '')
  const last = mocks.lastCalls('catalog')
  expect(last).toHaveLength(100)
  expect(last.at(-1)?.path).toBe('/products/p1105')
})
