import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientToken, grpcClient } from '../test/calls.ts'
import { createEventLog, NotHeldError } from './events.ts'
import { type MockServices, startMockServices } from './index.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
})
afterAll(() => mocks.close())

const put = (path: string, body: unknown) =>
  fetch(`${mocks.controlUrl}${path}`, { method: 'PUT', body: JSON.stringify(body) })

type Message = { id: string; event: string; data: Record<string, unknown> }

/** Reads server-sent events until there are `count`. */
async function read(
  count: number,
  { after, first }: { after?: string; first?: () => unknown } = {},
): Promise<Message[]> {
  const gone = new AbortController()
  const response = await fetch(`${mocks.controlUrl}/events`, {
    headers: after ? { 'last-event-id': after } : {},
    signal: gone.signal,
  })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  await first?.()
  const messages: Message[] = []
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk)
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1] ?? ''
      if (field('event') && field('event') !== 'ready')
        messages.push({ id: field('id'), event: field('event'), data: JSON.parse(field('data')) })
    }
    if (messages.length >= count) break
  }
  gone.abort()
  return messages
}

describe('the event feed', () => {
  it('brings each kind of change in order', async () => {
    const messages = await read(5, {
      first: async () => {
        await put('/stock/ber/HB-1001', { available: 7 })
        await put('/prices/HB-1001', { saleMinor: 990 })
        await put('/products/p1001', { name: 'A better pan' })
        await put('/orders/o104997', { status: 'DELIVERED' })
      },
    })
    expect(messages.map(({ event }) => event)).toEqual(['stock', 'price', 'product', 'order', 'notification'])
    expect(messages[0]?.data).toMatchObject({ sku: 'HB-1001', warehouse: 'ber', available: 7 })
    expect(messages[1]?.data).toMatchObject({ sku: 'HB-1001', saleMinor: 990, currency: 'EUR' })
    expect(messages[3]?.data).toMatchObject({ id: 'o104997', customerId: 'c1001', status: 'DELIVERED' })
    expect(messages[4]?.data).toMatchObject({ customerId: 'c1001', kind: 'ORDER_DELIVERED' })
    const ids = messages.map(({ id }) => BigInt(id))
    expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)))
  })

  it('goes on after the last id seen, without a gap and without a repetition', async () => {
    const [seen] = await read(1, { first: () => put('/stock/ber/HB-1001', { available: 1 }) })
    for (const available of [2, 3, 4]) await put('/stock/ber/HB-1001', { available })
    const missed = await read(3, { after: seen?.id ?? '' })
    expect(missed.map(({ data }) => data.available)).toEqual([2, 3, 4])
  })

  it.each(['1', '1700000000000000001', 'abc', '99999999999999999999'])(
    'answers 410 to %s, which it does not hold',
    async (id) => {
      expect((await fetch(`${mocks.controlUrl}/events?after=${id}`)).status).toBe(410)
    },
  )
})

describe('the log', () => {
  it('does not hold what fell out of the ring, nor ids of another run', () => {
    const log = createEventLog({ keep: 3 })
    const ids = [1, 2, 3, 4, 5].map((n) => log.publish('stock', { n }).id)
    expect(() => log.requireHeld(ids[0] ?? '')).toThrow(NotHeldError)
    log.requireHeld(ids[1] ?? '')
    log.requireHeld(log.lastId())
    const later = createEventLog({ keep: 3, bootAt: Date.now() + 5 })
    later.publish('stock', {})
    expect(() => later.requireHeld(log.lastId())).toThrow(NotHeldError)
    expect(BigInt(later.lastId())).toBeGreaterThan(BigInt(log.lastId()))
  })

  it('gives a sign of life when it is quiet, and ends with the signal', async () => {
    const log = createEventLog()
    const gone = new AbortController()
    const items = log.follow(log.lastId(), { signal: gone.signal, heartbeatMs: 10 })
    expect((await items.next()).value).toEqual({ heartbeat: true, id: log.lastId() })
    const next = items.next()
    const published = log.publish('price', {})
    expect((await next).value).toEqual(published)
    const end = items.next()
    gone.abort()
    expect((await end).done).toBe(true)
  })
})

describe('WatchStock', () => {
  it('sends the levels of a warehouse, then each change', async () => {
    const client = grpcClient(mocks, 'inventory')
    const stream = client.stream(
      'WatchStock',
      { warehouse: 'ham', follow: true },
      await clientToken(mocks, 'inventory'),
    )
    const levels = new Map<unknown, unknown>()
    let endOfSnapshot: unknown
    for await (const message of stream) {
      if (message.snapshot_end) {
        endOfSnapshot = message.snapshot_end.event_id
        expect(levels.size).toBe(2_000)
        await put('/stock/ber/HB-1002', { available: 1 })
        await put('/stock/ham/HB-1002', { available: 77 })
      } else if (endOfSnapshot) {
        expect(message.level).toMatchObject({ warehouse: 'ham', sku: 'HB-1002', available: 77 })
        expect(BigInt(String(message.level?.event_id))).toBeGreaterThan(BigInt(String(endOfSnapshot)))
        break
      } else levels.set(message.level?.sku, message.level?.available)
    }

    const resumed = client.stream(
      'WatchStock',
      { after_event_id: endOfSnapshot, follow: true },
      await clientToken(mocks, 'inventory'),
    )
    for await (const { level } of resumed) {
      expect(level).toMatchObject({ warehouse: 'ber', sku: 'HB-1002', available: 1 })
      break
    }
    client.close()
  })

  it('answers OUT_OF_RANGE to an id of an earlier run', async () => {
    const client = grpcClient(mocks, 'inventory')
    const stream = client.stream(
      'WatchStock',
      { after_event_id: '1700000000000000001' },
      await clientToken(mocks, 'inventory'),
    )
    await expect(stream.toArray()).rejects.toMatchObject({ code: 11 })
    client.close()
  })
})

it('a reservation takes all or nothing, once, and gives back what it took', async () => {
  const client = grpcClient(mocks, 'inventory')
  const token = await clientToken(mocks, 'inventory')
  const total = async () => {
    const { items } = await client.unary<{ items: { warehouses: { available: number }[] }[] }>(
      'GetStock',
      { skus: ['HB-1010'] },
      token,
    )
    return items[0]?.warehouses.reduce((sum, { available }) => sum + available, 0) ?? 0
  }
  const before = await total()
  const wanted = { reservation_id: 'r1', lines: [{ sku: 'HB-1010', quantity: 3 }] }
  for (let i = 0; i < 2; i++)
    expect(await client.unary('Reserve', wanted, token)).toMatchObject({ reserved: true })
  expect(await total()).toBe(before - 3)
  const tooMuch = { reservation_id: 'r2', lines: [...wanted.lines, { sku: 'HB-1011', quantity: 1_000_000 }] }
  expect(await client.unary('Reserve', tooMuch, token)).toEqual({ reserved: false, short_skus: ['HB-1011'] })
  expect(await total()).toBe(before - 3)
  for (let i = 0; i < 2; i++) await client.unary('Release', { reservation_id: 'r1' }, token)
  expect(await total()).toBe(before)
  client.close()
})
