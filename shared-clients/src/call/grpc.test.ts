import { credentials, type Metadata, status } from '@grpc/grpc-js'
import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { inventoryAt, row, startInventory } from '../../test/grpc-upstream.ts'
import { request, timed } from '../../test/upstream.ts'
import { InventoryServiceClient, InventoryServiceService } from '../gen/inventory.ts'
import { Attempt } from './attempt.ts'
import { GrpcOperation } from './grpc-operation.ts'

const CANARY = 'canary-of-the-upstream'

test('an answer is parsed: what the schema does not name is dropped', async () => {
  const { address } = await startInventory({
    getStock: (call, done) => done(null, { items: call.request.skus.map(row) }),
  })
  const stock = await inventoryAt(address).stock(['HB-1', 'HB-2'])
  expect([...stock]).toEqual([
    ['HB-1', { sku: 'HB-1', warehouses: [{ warehouse: 'ber', available: 3, reserved: 1 }] }],
    ['HB-2', { sku: 'HB-2', warehouses: [{ warehouse: 'ber', available: 3, reserved: 1 }] }],
  ])
})

test('a call carries its token, its trace and its deadline', async () => {
  let metadata: Metadata | undefined
  let deadline = Number.NaN
  const { address } = await startInventory({
    getStock: (call, done) => {
      metadata = call.metadata
      deadline = Number(call.getDeadline())
      done(null, { items: [] })
    },
  })
  const context = request()
  const start = Date.now()
  await inventoryAt(address, { context }).stock(['HB-1'], { timeoutMs: 700 })
  expect(metadata?.get('authorization')).toEqual(['Bearer a-token'])
  // The call's own span, which is none of the request's.
  expect(metadata?.get('traceparent')).toEqual([
    expect.stringMatching(
      new RegExp(`^00-${context.trace.traceId}-(?!${context.trace.spanId})[0-9a-f]{16}-00$`),
    ),
  ])
  expect(deadline - start).toBeGreaterThan(500)
  expect(deadline - start).toBeLessThan(850)
})

test("a denied read is an error of ours, but of what a customer may or may not own it is 'not found'", async () => {
  const { address } = await startInventory({
    getStock: (_, done) => done({ code: status.PERMISSION_DENIED, details: CANARY }),
  })
  await expect(inventoryAt(address).stock(['HB-1'])).rejects.toMatchObject({ code: 'forbidden' })
  const { trace } = request()
  const stub = new InventoryServiceClient(new URL(address).host, credentials.createInsecure())
  onTestFinished(() => stub.close())
  const kind = { read: 'getStock', owned: true }
  const denied = new GrpcOperation(
    'inventory',
    stub.getStock.bind(stub),
    { skus: [] },
    z.unknown(),
    trace,
    kind,
  )
  const failure = new Promise((resolve) => {
    const owner = { succeeded: resolve, failed: (_: unknown, error: UpstreamError) => resolve(error) }
    denied.send(new Attempt(owner, 'a-token', performance.now() + 2_000, performance.now()))
  })
  expect(await failure).toMatchObject({ code: 'not_found', message: expect.not.stringContaining(CANARY) })
})

test('the time that a token took is no longer there for the call', async () => {
  let deadline = Number.NaN
  const { address } = await startInventory({
    getStock: (call, done) => {
      deadline = Number(call.getDeadline())
      done(null, { items: [] })
    },
  })
  const tokens = () => new Promise<string>((resolve) => setTimeout(resolve, 300, 'late'))
  const end = Date.now() + 1_000
  await inventoryAt(address, { tokens }).stock(['HB-1'], { timeoutMs: 1_000 })
  expect(deadline).toBeLessThan(end + 100)
})

test('a service that hangs is a timeout at the deadline, and sees the call cancelled', async () => {
  let cancelled = 0
  const { address } = await startInventory({
    getStock: (call) => void call.on('cancelled', () => cancelled++),
  })
  const { ms, error } = await timed(inventoryAt(address).stock(['HB-1']))
  expect(error).toMatchObject({ name: 'UpstreamError', code: 'timeout', upstream: 'inventory' })
  expect(ms).toBeGreaterThan(140)
  expect(ms).toBeLessThan(400)
  await expect.poll(() => cancelled).toBe(1)
})

test('a consumer that leaves cancels the call, and the service sees it', async () => {
  const seen: string[] = []
  const { address } = await startInventory({
    getStock: (call) => {
      seen.push('called')
      call.on('cancelled', () => seen.push('cancelled'))
    },
  })
  const consumer = new AbortController()
  const context = request({ consumer: consumer.signal })
  const call = inventoryAt(address, { context }).stock(['HB-1'], { timeoutMs: 5_000 })
  await expect.poll(() => seen).toEqual(['called'])
  const left = performance.now()
  consumer.abort()
  await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  expect(performance.now() - left).toBeLessThan(100)
  await expect.poll(() => seen, { timeout: 300 }).toEqual(['called', 'cancelled'])
})

const STATUSES: [keyof typeof status, UpstreamErrorCode][] = [
  ['CANCELLED', 'unavailable'],
  ['UNKNOWN', 'unavailable'],
  ['INVALID_ARGUMENT', 'rejected'],
  ['DEADLINE_EXCEEDED', 'timeout'],
  ['NOT_FOUND', 'not_found'],
  ['ALREADY_EXISTS', 'conflict'],
  ['PERMISSION_DENIED', 'forbidden'],
  ['RESOURCE_EXHAUSTED', 'overloaded'],
  ['FAILED_PRECONDITION', 'conflict'],
  ['ABORTED', 'conflict'],
  ['OUT_OF_RANGE', 'conflict'],
  ['UNIMPLEMENTED', 'invalid_answer'],
  ['INTERNAL', 'unavailable'],
  ['UNAVAILABLE', 'unavailable'],
  ['DATA_LOSS', 'unavailable'],
  ['UNAUTHENTICATED', 'unauthorized'],
]
test.each(STATUSES)('status %s is %s, without the words of the service', async (name, code) => {
  const { address } = await startInventory({
    getStock: (_, done) => done({ code: status[name], details: CANARY }),
  })
  const error = await inventoryAt(address)
    .stock(['HB-1'], { timeoutMs: 2_000 })
    .catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(UpstreamError)
  expect(error).toMatchObject({ code, upstream: 'inventory' })
  expect(String(error)).not.toContain(CANARY)
})

test('a message that is not protobuf is an invalid answer', async () => {
  const broken = {
    ...InventoryServiceService,
    getStock: {
      ...InventoryServiceService.getStock,
      responseSerialize: () => Buffer.from([0x0a, 0xff, 0xff]),
    },
  }
  const { address } = await startInventory(
    { getStock: (_, done) => done(null, { items: [] }) },
    { service: broken },
  )
  const call = inventoryAt(address).stock(['HB-1'], { timeoutMs: 2_000 })
  await expect(call).rejects.toMatchObject({ code: 'invalid_answer', retryable: false })
})

test('a row that is not as agreed is an invalid answer for every SKU that it may stand for', async () => {
  const { address } = await startInventory({
    getStock: (_, done) => done(null, { items: [row(''), row('HB-2')] }),
  })
  const stock = await inventoryAt(address).stock(['HB-1', 'HB-2'], { timeoutMs: 2_000 })
  expect([...stock.keys()]).toEqual(['HB-2'])
  expect([...stock.broken.keys()]).toEqual(['HB-1'])
  expect(() => stock.whole()).toThrow(expect.objectContaining({ code: 'invalid_answer' }))
})

test('a message of more than 4 MiB is an invalid answer', async () => {
  const large = row('x'.repeat(4 * 1024 * 1024 + 1))
  const { address } = await startInventory({ getStock: (_, done) => done(null, { items: [large] }) })
  const call = inventoryAt(address).stock(['HB-1'], { timeoutMs: 5_000 })
  await expect(call).rejects.toMatchObject({ code: 'invalid_answer', retryable: false })
})

test('a service that is not there is unavailable at once, and found again soon after it is back', async () => {
  const { address, port, close } = await startInventory({})
  close()
  const { stock } = inventoryAt(address, { context: request({ budgetMs: 30_000 }) })
  const { ms, error } = await timed(stock(['HB-1'], { timeoutMs: 2_000 }))
  expect(error).toMatchObject({ code: 'unavailable', retryable: true })
  expect(ms).toBeLessThan(1_000)
  await startInventory({ getStock: (_, done) => done(null, { items: [row('HB-1')] }) }, { port })
  const sizes = () =>
    stock(['HB-1']).then(
      ({ size }) => size,
      () => 0,
    )
  await expect.poll(sizes, { timeout: 3_000 }).toBe(1)
})

test('a token that cannot be had fails the call with the error of identity', async () => {
  const { address } = await startInventory({})
  const tokens = () => Promise.reject(new UpstreamError('identity', 'unavailable', 'down'))
  const call = inventoryAt(address, { tokens }).stock(['HB-1'])
  await expect(call).rejects.toMatchObject({ upstream: 'identity', code: 'unavailable' })
})

test('more than 100 SKUs are asked for in several calls', async () => {
  const sizes: number[] = []
  const { address } = await startInventory({
    getStock: (call, done) => {
      sizes.push(call.request.skus.length)
      done(null, { items: call.request.skus.toReversed().map(row) })
    },
  })
  const skus = Array.from({ length: 230 }, (_, n) => `HB-${n}`)
  const stock = await inventoryAt(address).stock(skus, { timeoutMs: 2_000 })
  expect(sizes.toSorted((a, b) => a - b)).toEqual([30, 100, 100])
  for (const sku of skus) expect(stock.get(sku)?.sku).toBe(sku)
})
