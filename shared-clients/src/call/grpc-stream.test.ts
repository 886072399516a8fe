import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { type ServerWritableStream, status } from '@grpc/grpc-js'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { backgroundContext } from '@harbor/shared-runtime/request-context'
import { expect, test } from 'vitest'
import { inventoryAt, startInventory } from '../../test/grpc-upstream.ts'
import { InventoryServiceService, type StockEvent, type WatchStockRequest } from '../gen/inventory.ts'
import type { InternalTokens } from './internal-tokens.ts'

type Watch = ServerWritableStream<WatchStockRequest, StockEvent>

const level = (available: number, sku = 'HB-1'): StockEvent => ({
  event: { $case: 'level', value: { warehouse: 'ber', sku, available, eventId: String(available) } },
})
const heartbeat: StockEvent = { event: { $case: 'heartbeat', value: { eventId: '9' } } }
const snapshotEnd: StockEvent = { event: { $case: 'snapshotEnd', value: { eventId: '8' } } }

/** An inventory service whose streams a test can see, and a context to watch them with. */
async function startWatch(serve: (stream: Watch) => void) {
  const seen = { requests: [] as WatchStockRequest[], cancelled: 0 }
  const inventory = await startInventory({
    watchStock: (stream) => {
      seen.requests.push(stream.request)
      stream.on('cancelled', () => seen.cancelled++)
      serve(stream)
    },
  })
  const ending = new AbortController()
  const context = backgroundContext(ending.signal)
  return { ...inventory, seen, ending, context, client: inventoryAt(inventory.address, { context }) }
}

test('every message comes as it is sent, in order, and the stream ends when the service ends it', async () => {
  const { client, seen } = await startWatch((stream) => {
    for (const event of [level(1), level(2), snapshotEnd, heartbeat]) stream.write(event)
    stream.end()
  })
  expect(await Array.fromAsync(client.watchStock({ warehouse: 'ber', afterEventId: '7' }))).toEqual([
    { kind: 'level', warehouse: 'ber', sku: 'HB-1', available: 1, eventId: '1' },
    { kind: 'level', warehouse: 'ber', sku: 'HB-1', available: 2, eventId: '2' },
    { kind: 'snapshot-end', eventId: '8' },
    { kind: 'heartbeat', eventId: '9' },
  ])
  expect(seen.requests).toEqual([{ warehouse: 'ber', afterEventId: '7', follow: true }])
})

test('a kind of event that the client does not know is skipped, and the stream continues', async () => {
  const later: StockEvent = { event: undefined }
  const { watchStock } = InventoryServiceService
  const responseSerialize = (event: StockEvent) =>
    // Field 15 of the oneof, a message of two bytes.
    event === later ? Buffer.from('7a020801', 'hex') : watchStock.responseSerialize(event)
  const { address } = await startInventory(
    {
      watchStock: (stream) => {
        for (const event of [level(1), later, level(2)]) stream.write(event)
        stream.end()
      },
    },
    { service: { ...InventoryServiceService, watchStock: { ...watchStock, responseSerialize } } },
  )
  const given = await Array.fromAsync(inventoryAt(address).watchStock())
  expect(given).toMatchObject([{ available: 1 }, { available: 2 }])
})

test('an abort ends the stream quietly, and the service sees it', async () => {
  const { client, ending, context, seen } = await startWatch((stream) => void stream.write(level(1)))
  const kinds: string[] = []
  for await (const { kind } of client.watchStock()) {
    kinds.push(kind)
    setTimeout(() => ending.abort(new Error('the process ends')), 30)
  }
  expect(kinds).toEqual(['level'])
  await expect.poll(() => seen.cancelled, { timeout: 500 }).toBe(1)
  expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
})

test('what comes after an abort is not given any more', async () => {
  const { client, ending } = await startWatch((stream) => {
    for (let i = 0; i < 1_000; i++) stream.write(level(i))
  })
  let given = 0
  for await (const _ of client.watchStock()) if (++given === 10) ending.abort()
  expect(given).toBe(10)
})

test('a signal that is aborted already makes no call', async () => {
  const { client, ending, seen } = await startWatch(() => {})
  ending.abort()
  expect(await Array.fromAsync(client.watchStock())).toEqual([])
  await pause(50)
  expect(seen.requests).toEqual([])
})

test('a reader that stops reading cancels the call, and no error goes unheard', async () => {
  const { client, context, seen } = await startWatch((stream) => {
    const timer = setInterval(() => stream.write(level(1)), 5)
    stream.on('cancelled', () => clearInterval(timer))
  })
  for await (const _ of client.watchStock()) break
  await expect.poll(() => seen.cancelled, { timeout: 500 }).toBe(1)
  await pause(50) // an 'error' event without a listener would fail the run
  expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
})

test('an event id that the service no longer holds is a conflict', async () => {
  const { client } = await startWatch((stream) =>
    stream.emit('error', { code: status.OUT_OF_RANGE, details: 'too long ago' }),
  )
  const reading = Array.fromAsync(client.watchStock({ afterEventId: '1' }))
  await expect(reading).rejects.toMatchObject({
    name: 'UpstreamError',
    code: 'conflict',
    upstream: 'inventory',
  })
})

test('a service that goes away in the middle is unavailable, after what it has sent', async () => {
  const { client, close } = await startWatch((stream) => void stream.write(level(1)))
  const given: unknown[] = []
  const reading = (async () => {
    for await (const event of client.watchStock()) {
      given.push(event)
      close()
    }
  })()
  await expect(reading).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  expect(given).toHaveLength(1)
})

test('a message that is not as agreed ends the stream as an invalid answer, and cancels it', async () => {
  const { client, seen } = await startWatch((stream) => void stream.write(level(1, '')))
  await expect(Array.fromAsync(client.watchStock())).rejects.toMatchObject({ code: 'invalid_answer' })
  await expect.poll(() => seen.cancelled, { timeout: 500 }).toBe(1)
})

test('a stream that is refused for its token is opened with another one the next time', async () => {
  const seen: unknown[] = []
  const { address } = await startInventory({
    watchStock(stream) {
      const [authorization] = stream.metadata.get('authorization')
      seen.push(authorization)
      if (authorization === 'Bearer first')
        stream.emit('error', { code: status.UNAUTHENTICATED, details: 'refused' })
      else {
        stream.write(level(1))
        stream.end()
      }
    },
  })
  let kept = 'first'
  const tokens: InternalTokens = async (_, __, ___, refused) => (kept = refused === kept ? 'second' : kept)
  const client = inventoryAt(address, { tokens })
  await expect(Array.fromAsync(client.watchStock())).rejects.toMatchObject({ code: 'unauthorized' })
  expect(await Array.fromAsync(client.watchStock())).toHaveLength(1)
  expect(seen).toEqual(['Bearer first', 'Bearer second'])
})

test('a token that cannot be had is the error of identity; after an abort it is none', async () => {
  const { address } = await startInventory({})
  const ending = new AbortController()
  const context = backgroundContext(ending.signal)
  const tokens = async () => {
    await pause(20)
    throw new UpstreamError('identity', 'unavailable', 'down')
  }
  const read = () => Array.fromAsync(inventoryAt(address, { context, tokens }).watchStock())
  await expect(read()).rejects.toMatchObject({ upstream: 'identity', code: 'unavailable' })
  const reading = read()
  ending.abort()
  expect(await reading).toEqual([])
})
