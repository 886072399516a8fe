import { expect, onTestFinished, test } from 'vitest'
import { metadataFor } from '../test/provider-metadata.ts'
import { readAll, request, startUpstream } from '../test/upstream.ts'
import { createClients } from './clients.ts'
import { addressesOf, SERVICES } from './services.ts'

/** Clients whose every service, identity among them, is one server that says what it was asked. */
async function startClients() {
  const asked: string[] = []
  const upstream = await startUpstream(async (incoming, response) => {
    await readAll(incoming)
    const metadata = metadataFor(upstream.address, incoming.url)
    if (metadata !== undefined) return void response.end(metadata)
    asked.push(`${incoming.method} ${incoming.url}`)
    const token = { access_token: 'internal', expires_in: 300 }
    response.end(JSON.stringify(incoming.url === '/token' ? token : { items: [], unreadCount: 0 }))
  })
  const clients = createClients({
    addresses: addressesOf(
      Object.fromEntries(
        SERVICES.map((service) => [`${service.toUpperCase()}_URL`, upstream.address]),
      ) as Parameters<typeof addressesOf>[0],
    ),
    clientId: 'a-bff',
    clientSecret: 'a-secret',
  })
  onTestFinished(() => clients.close())
  return { clients, asked, requests: upstream.requests }
}

test('a request has a client for every service but identity', async () => {
  const { clients } = await startClients()
  const bound = clients.forRequest(request())
  const names: string[] = []
  for (const name in bound) names.push(name)
  expect(names.toSorted()).toEqual(SERVICES.filter((service) => service !== 'identity').toSorted())
})

test('a client is made once a request, and each request has its own', async () => {
  const { clients } = await startClients()
  const one = clients.forRequest(request())
  const other = clients.forRequest(request())
  expect(one.catalog).toBe(one.catalog)
  expect(one.catalog).not.toBe(other.catalog)
  expect(one.catalog).not.toBe(one.cart)
})

test('each request calls in its own name and under its own trace; nothing is called beforehand', async () => {
  const { clients, asked, requests } = await startClients()
  const contexts = [request(), request()]
  const bound = contexts.map((context) => clients.forRequest(context))
  expect(asked).toEqual([])
  // One after the other: identical reads at the same time would share one call.
  for (const { catalog } of bound) await catalog.search('x', { limit: 1 }).catch(() => {})
  expect(asked.toSorted()).toEqual(['GET /search?q=x&limit=1', 'GET /search?q=x&limit=1', 'POST /token'])
  const traces = requests.flatMap(({ headers }) => headers.traceparent ?? [])
  expect(traces.map((header) => String(header).split('-')[1]).toSorted()).toEqual(
    contexts.map(({ trace }) => trace.traceId).toSorted(),
  )
})

test('two sets of clients do not mix', async () => {
  const [one, other] = [await startClients(), await startClients()]
  const fromOne = one.clients.forRequest(request())
  other.clients.forRequest(request())
  await fromOne.notifications.ofCustomer('c1001', { limit: 1 })
  expect(other.asked).toEqual([])
})

test('making the clients of a request costs next to nothing', async () => {
  const { clients } = await startClients()
  const context = request()
  const make = (times: number) => {
    const start = performance.now()
    for (let i = 0; i < times; i++) void clients.forRequest(context).catalog
    return ((performance.now() - start) * 1_000) / times
  }
  make(20_000)
  // Microseconds, in the best of many short runs; seventeen defineProperty calls a request took 10 and more.
  expect(Math.min(...Array.from({ length: 40 }, () => make(1_000)))).toBeLessThan(2)
})
