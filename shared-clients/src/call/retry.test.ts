import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import type { UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { chainOf, failure, listen, read } from '../../test/call-chain.ts'
import { request, startUpstream, timed } from '../../test/upstream.ts'
import { get, post } from './endpoint.ts'
import type { Retried } from './events.ts'
import { httpClient } from './http.ts'

/** A chain that has made a hundred calls: ten retries are within its budget. */
async function warm(settings: Parameters<typeof chainOf>[0] = {}) {
  const chain = chainOf({ hedge: false, retry: { baseMs: 4 }, ...settings })
  const ok = read<string>((attempt) => attempt.succeed('ok'))
  for (let n = 0; n < 100; n++) await chain.call(request(), { ...ok, key: `/warm/${n}` })
  return chain
}

test.each<[UpstreamErrorCode, number]>([
  ['unavailable', 2],
  ['timeout', 2],
  ['overloaded', 1],
  ['invalid_answer', 1],
  ['not_found', 1],
  ['conflict', 1],
  ['rejected', 1],
  ['unauthorized', 1],
  ['forbidden', 1],
])('a read that fails as %s is sent %i times', async (code, times) => {
  const heard = listen<Retried>('harbor.call.retried')
  const chain = await warm()
  const thing = read<string>((attempt) => attempt.fail(failure(code)))
  await expect(chain.call(request(), thing)).rejects.toMatchObject({ code })
  expect(thing.sent).toHaveLength(times)
  expect(heard.map(({ attempt }) => attempt)).toEqual(times === 2 ? [2] : [])
})

test('a retry that succeeds is the answer', async () => {
  const chain = await warm()
  const thing = read<string>((attempt, nth) =>
    nth === 1 ? attempt.fail(failure('unavailable')) : attempt.succeed('second'),
  )
  expect(await chain.call(request(), thing)).toBe('second')
})

test('what is not safe to repeat is sent once', async () => {
  const chain = await warm()
  const thing = read<string>((attempt) => attempt.fail(failure('unavailable')), {
    repeatable: false,
    isRead: false,
  })
  await expect(chain.call(request(), thing)).rejects.toMatchObject({ code: 'unavailable' })
  expect(thing.sent).toHaveLength(1)
})

test('nothing is retried with the budget used up, or with no time left for it', async () => {
  // No breaker: it would end the calls before their budget is used up.
  const chain = await warm({ breaker: { minCalls: 1_000 } })
  const down = read<string>((attempt) => attempt.fail(failure('unavailable')))
  for (let n = 0; n < 30; n++) await chain.call(request(), { ...down, key: `${n}` }).catch(() => {})
  expect(down.sent.length).toBeLessThanOrEqual(30 + 13)
  expect(down.sent.length).toBeGreaterThan(30)

  const slow = chainOf({ retry: { baseMs: 1e9, budget: 1 } })
  const thing = read<string>((attempt) => attempt.fail(failure('unavailable')))
  const { ms } = await timed(slow.call(request(), thing, 200))
  expect(thing.sent).toHaveLength(1)
  expect(ms).toBeLessThan(150)
})

test('a consumer that leaves between two attempts ends the call', async () => {
  const chain = await warm({ retry: { baseMs: 400 } })
  const thing = read<string>((attempt) => attempt.fail(failure('unavailable')))
  const context = request()
  setTimeout(() => context.abort(), 1)
  const { ms, error } = await timed(chain.call(context, thing))
  expect(error).toMatchObject({ code: 'cancelled' })
  expect(ms).toBeLessThan(150)
  await expect.poll(() => chain.state.inFlight).toBe(0)
})

test('a POST is repeated with an idempotency key only', async () => {
  const upstream = await startUpstream((_, response) => void response.writeHead(503).end())
  const client = httpClient('catalog', { timeoutMs: 2_000, retry: { budget: 1 } }, (call) => call).open(
    upstream.address,
    async () => 'a-token',
  )
  onTestFinished(() => client.close())
  const thing = post('/things', z.unknown())
  const call = client.bind(request())
  await expect(call(thing, { body: {} })).rejects.toMatchObject({ code: 'unavailable' })
  expect(upstream.requests).toHaveLength(1)
  await expect(call(thing, { body: {}, idempotencyKey: 'k1' })).rejects.toMatchObject({ code: 'unavailable' })
  expect(upstream.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined, 'k1', 'k1'])
})

test.each<[string, (socket: Socket) => void]>([
  ['ended', (socket) => socket.end()],
  ['reset', (socket) => socket.resetAndDestroy()],
])(
  'a kept-alive connection that the upstream has %s costs no read its answer, and a POST its one',
  async (_, close) => {
    // Answers the first request of each connection, and closes it when the second one arrives.
    const asked: string[] = []
    const server = createServer((socket) => {
      let requests = 0
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        asked.push(bytes.toString().split('\r\n')[0] ?? '')
        if (++requests > 1) close(socket)
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const client = httpClient('catalog', { timeoutMs: 2_000 }, (call) => call).open(
      `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      async () => 'a-token',
    )
    onTestFinished(() => client.close())
    const call = client.bind(request())
    const pause = () => new Promise((resolve) => setTimeout(resolve, 10))
    await call(get('/first', z.unknown()))
    await pause()
    expect(await call(get('/second', z.unknown()))).toEqual({})
    await pause()
    await expect(call(post('/third', z.unknown()))).rejects.toMatchObject({ code: 'unavailable' })
    expect(asked).toEqual([
      'GET /first HTTP/1.1',
      'GET /second HTTP/1.1',
      'GET /second HTTP/1.1',
      'POST /third HTTP/1.1',
    ])
  },
)
