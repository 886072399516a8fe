import { getEventListeners } from 'node:events'
import type { RequestListener } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { backgroundContext } from '@harbor/shared-runtime/request-context'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { callsTo, request, startUpstream, timed } from '../../test/upstream.ts'
import { get } from './endpoint.ts'
import { httpClient } from './http.ts'

const thing = get('/thing', z.object({ id: z.string() }))
const ok = '{"id":"t1"}'
const TIMEOUT_MS = 150

const hangs: RequestListener = () => {}
const sendsNoBody: RequestListener = (_, response) => response.flushHeaders()
const drips: RequestListener = (_, response) => {
  response.writeHead(200)
  const timer = setInterval(() => response.write(' '), 200)
  response.once('close', () => clearInterval(timer))
}
const dripsQuickly: RequestListener = (_, response) => {
  const timer = setInterval(() => response.write(' '), 5)
  response.once('close', () => clearInterval(timer))
}
const dripsAnError: RequestListener = (incoming, response) => {
  response.statusCode = 500
  dripsQuickly(incoming, response)
}

test.each<[string, RequestListener]>([
  ['hangs', hangs],
  ['sends headers and no body', sendsNoBody],
  ['drips a byte every 200 ms', drips],
  ['drips a byte every 5 ms', dripsQuickly],
  ['drips an error', dripsAnError],
])('an upstream that %s is a timeout at the deadline', async (_, listener) => {
  const upstream = await startUpstream(listener)
  const { ms, error } = await timed(callsTo(upstream.address, { timeoutMs: TIMEOUT_MS })(thing))
  expect(error).toMatchObject({ name: 'UpstreamError', code: 'timeout', upstream: 'catalog' })
  expect(ms).toBeGreaterThan(TIMEOUT_MS - 10)
  // 50 ms, and as much again for a machine that is busy with other tests.
  expect(ms).toBeLessThan(TIMEOUT_MS + 100)
})

test.each<[string, RequestListener]>([
  ['hangs', hangs],
  ['drips', drips],
])(
  'a consumer that leaves cancels a call to an upstream that %s, and the upstream sees it',
  async (_, listener) => {
    let closedAt = Number.POSITIVE_INFINITY
    const upstream = await startUpstream((incoming, response) => {
      response.once('close', () => {
        closedAt = performance.now()
      })
      listener(incoming, response)
    })
    const consumer = new AbortController()
    const context = request({ consumer: consumer.signal })
    const call = callsTo(upstream.address, { context, timeoutMs: 5_000 })(thing)
    await expect.poll(() => upstream.requests.length).toBe(1)
    await pause(30)
    const left = performance.now()
    consumer.abort()
    await expect(call).rejects.toMatchObject({ code: 'cancelled' })
    expect(performance.now() - left).toBeLessThan(50)
    await expect.poll(() => closedAt).toBeLessThan(left + 150)
  },
)

test('a call that is given up at its deadline is closed at the upstream, too', async () => {
  const upstream = await startUpstream((_, response) => response.flushHeaders())
  const call = callsTo(upstream.address, { timeoutMs: 60 })(thing)
  await expect(call).rejects.toMatchObject({ code: 'timeout' })
  await expect.poll(upstream.connections, { timeout: 500 }).toBe(0)
})

test('two hundred calls that ran into their deadline leave the pool free for the next ones', async () => {
  let slow = true
  const upstream = await startUpstream((_, response) => {
    if (slow) response.flushHeaders()
    else response.end(ok)
  })
  const call = callsTo(upstream.address, { context: request({ budgetMs: 30_000 }), timeoutMs: 300 })
  const late = await Promise.allSettled(Array.from({ length: 200 }, () => call(thing)))
  expect(
    new Set(late.map((outcome) => (outcome.status === 'rejected' ? outcome.reason.code : 'answer'))),
  ).toEqual(new Set(['timeout']))
  await expect.poll(upstream.connections, { timeout: 1_000 }).toBe(0)
  slow = false
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => callsTo(upstream.address, { timeoutMs: 5_000 })(thing)),
  )
  expect(answers).toHaveLength(200)
  expect(await call(thing)).toEqual({ id: 't1' })
})

test('answered calls share their connections', async () => {
  const ports = new Set<number | undefined>()
  const upstream = await startUpstream((incoming, response) => {
    ports.add(incoming.socket.remotePort)
    response.end(ok)
  })
  const call = callsTo(upstream.address)
  for (let i = 0; i < 20; i++) await call(thing)
  // One, and a second for a call that is made before undici takes the first for free again.
  expect(ports.size).toBeLessThanOrEqual(2)
})

test('errors with a body leave the connection usable', async () => {
  const ports = new Set<number | undefined>()
  const upstream = await startUpstream((incoming, response) => {
    ports.add(incoming.socket.remotePort)
    response.writeHead(503).end('x'.repeat(20_000))
  })
  const call = callsTo(upstream.address)
  for (let i = 0; i < 5; i++) await expect(call(thing)).rejects.toMatchObject({ code: 'unavailable' })
  // One, and a second for a call that is made before undici takes the first for free again.
  expect(ports.size).toBeLessThanOrEqual(2)
})

test('a failed call that nobody waits for does not end the process', async () => {
  const upstream = await startUpstream((_, response) => response.destroy())
  void callsTo(upstream.address)(thing)
  await expect.poll(() => upstream.requests.length).toBe(1)
  await pause(50) // an unhandled rejection would fail the run
})

test('a closed client finishes what runs', async () => {
  const upstream = await startUpstream((_, response) => void setTimeout(() => response.end(ok), 100))
  const client = httpClient('catalog', { timeoutMs: 2_000 }, (call) => call).open(
    upstream.address,
    async () => 't',
  )
  const call = client.bind(request())(thing)
  await expect.poll(() => upstream.requests.length).toBe(1)
  await client.close()
  expect(await call).toEqual({ id: 't1' })
})

test('3,000 calls over one connection leave nothing behind', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const upstream = await startUpstream((_, response) => response.end(ok))
  upstream.requests.push = () => 0 // the test itself keeps nothing either
  const context = backgroundContext(new AbortController().signal)
  const call = callsTo(upstream.address, { context, timeoutMs: 10_000 })
  const make = async (calls: number) => {
    for (let i = 0; i < calls; i += 20) await Promise.all(Array.from({ length: 20 }, () => call(thing)))
    await pause(20)
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await make(1_000)
  const after = await make(3_000)
  expect((after - before) / 1_048_576).toBeLessThan(3)
  expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
}, 30_000)
