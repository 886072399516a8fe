/**
 * A consumer that goes away cancels all its upstream calls, over HTTP and gRPC. Target: within 25 ms, seen at
 * the upstreams. And over three hops each sees less time left than the one before.
 */
import { z } from 'zod'
import { get } from '../shared-clients/src/call/endpoint.ts'
import { grpcClient } from '../shared-clients/src/call/grpc.ts'
import { httpClient } from '../shared-clients/src/call/http.ts'
import { InventoryServiceClient } from '../shared-clients/src/gen/inventory.ts'
import { count, quantile, report, SLACK_MS } from './figures.ts'
import { ONE_TOKEN, pause, request, startServices, startUpstream, until } from './upstream.ts'

const REQUESTS = count('REQUESTS', 100)
const anything = get('/products/{id}', z.unknown())
const { mocks, tokens, stop } = await startServices()

const http = (service: 'catalog' | 'reviews', address: string, token = tokens) =>
  httpClient(service, { timeoutMs: 5_000 }, (call) => (id: string) => call(anything, { path: { id } })).open(
    address,
    token,
  )
const clients = [
  http('catalog', mocks.services.catalog),
  http('reviews', mocks.services.reviews),
  grpcClient(
    'inventory',
    { timeoutMs: 5_000, stub: InventoryServiceClient },
    (call, stub) => (sku: string) =>
      call.unary(stub.getStock.bind(stub), { skus: [sku] }, z.unknown(), { read: 'getStock' }),
  ).open(mocks.services.inventory, tokens),
]
const SERVICES = ['catalog', 'reviews', 'inventory'] as const
for (const client of clients)
  await client
    .bind(request())('warm')
    .catch(() => {})
for (const service of SERVICES) await mocks.setFault(service, { hang: true })

const seenAfter: number[] = []
for (let n = 0; n < REQUESTS; n++) {
  mocks.resetCalls()
  const consumer = new AbortController()
  const context = request(5_000, consumer.signal)
  for (const client of clients)
    for (const id of ['a', 'b'])
      client
        .bind(context)(id)
        .catch(() => {})
  const records = () => SERVICES.flatMap((service) => mocks.lastCalls(service))
  await until(() => records().length === SERVICES.length * 2)
  consumer.abort()
  seenAfter.push(await until(() => records().every(({ cancelled }) => cancelled), 1_000))
}

/** A hop that is a BFF itself: the remaining time it received is the budget of its own calls. */
const remaining: number[] = []
const hop = (next: ReturnType<typeof http> | undefined) =>
  startUpstream(async (incoming, response) => {
    const ms = Number(incoming.headers['x-remaining-ms'])
    remaining.push(ms)
    await pause(5)
    if (next)
      await next
        .bind(request(ms))('p')
        .catch(() => {})
    response.end('{}')
  })
const third = await hop(undefined)
const toThird = http('catalog', third.address, ONE_TOKEN)
const second = await hop(toThird)
const toSecond = http('catalog', second.address, ONE_TOKEN)
const first = await hop(toSecond)
const toFirst = http('catalog', first.address, ONE_TOKEN)
await toFirst.bind(request(1_000))('p')

const worst = Math.max(...seenAfter)
report([
  {
    figure: `${REQUESTS} consumers left: their ${SERVICES.length * 2} calls each were cancelled, as the upstreams saw it, within ${worst.toFixed(1)} ms (median ${quantile(seenAfter, 0.5).toFixed(1)})`,
    promise: '25 ms',
    holds: worst <= 25 + SLACK_MS,
  },
  {
    figure: `three hops saw ${remaining.join(', ')} ms left of 1,000`,
    promise: 'each less than the one before',
    holds: remaining.length === 3 && remaining.every((ms, n) => ms < (remaining[n - 1] ?? 1_000)),
  },
])

for (const client of [...clients, toFirst, toSecond, toThird]) await client.close()
for (const server of [first, second, third]) await server.stop()
await stop()
