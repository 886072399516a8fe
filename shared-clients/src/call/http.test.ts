import { gzipSync } from 'node:zlib'
import type { UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { callsTo, readAll, request, startAnswering, startUpstream } from '../../test/upstream.ts'
import { get, getOwned, post } from './endpoint.ts'

const Thing = z.object({ id: z.string(), price: z.int() })
const thing = get('/things/{id}', Thing)
const ok = '{"id":"t1","price":5}'
const CANARY = 'canary-of-the-upstream'

const ask = (address: string) => callsTo(address)(thing, { path: { id: 't1' } })

test('a call carries its token, its trace, the time that remains and what it accepts, and no more', async () => {
  const upstream = await startAnswering(200, ok)
  const context = request()
  await callsTo(upstream.address, { context, timeoutMs: 800 })(thing, { path: { id: 't 1' } })
  const [seen] = upstream.requests
  expect([seen?.method, seen?.url]).toEqual(['GET', '/things/t%201'])
  expect(seen?.headers).toEqual({
    host: expect.any(String),
    connection: 'keep-alive',
    accept: 'application/json',
    authorization: 'Bearer a-token',
    // The call's own span, which is none of the request's.
    traceparent: expect.stringMatching(
      new RegExp(`^00-${context.trace.traceId}-(?!${context.trace.spanId})[0-9a-f]{16}-00$`),
    ),
    'x-remaining-ms': expect.stringMatching(/^[1-9]\d*$/),
  })
  expect(Number(seen?.headers['x-remaining-ms'])).toBeLessThanOrEqual(800)
})

test('the time that remains falls from call to call of a request', async () => {
  const upstream = await startUpstream((_, response) => void setTimeout(() => response.end(ok), 40))
  const call = callsTo(upstream.address, { context: request({ budgetMs: 2_000 }), timeoutMs: 5_000 })
  for (let i = 0; i < 3; i++) await call(thing, { path: { id: 't1' } })
  const remaining = upstream.requests.map(({ headers }) => Number(headers['x-remaining-ms']))
  expect(remaining[0]).toBeLessThanOrEqual(1_900)
  expect(remaining.slice(1).every((ms, i) => ms <= (remaining[i] ?? 0) - 35)).toBe(true)
})

test('a body is sent as JSON, with the key that makes a repetition safe', async () => {
  let body = ''
  const upstream = await startUpstream(async (incoming, response) => {
    body = await readAll(incoming)
    response.writeHead(202).end()
  })
  await callsTo(upstream.address)(post('/events', z.unknown()), { body: { a: 'ä' }, idempotencyKey: 'k-1' })
  expect(body).toBe('{"a":"ä"}')
  expect(upstream.requests[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    'idempotency-key': 'k-1',
  })
})

test('fields that the schema does not name are dropped at every depth', async () => {
  const Deep = z.object({ items: z.array(Thing) })
  const secret = { wholesaleCost: CANARY }
  const body = { ...secret, items: [{ id: 't1', price: 5, ...secret, supplier: secret }] }
  const upstream = await startAnswering(200, JSON.stringify(body))
  const value = await callsTo(upstream.address)(get('/things', Deep))
  expect(value).toEqual({ items: [{ id: 't1', price: 5 }] })
  expect(JSON.stringify(value)).not.toContain(CANARY)
})

const STATUSES: [number, UpstreamErrorCode][] = [
  [301, 'invalid_answer'],
  [302, 'invalid_answer'],
  [304, 'invalid_answer'],
  [400, 'rejected'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'rejected'],
  [408, 'timeout'],
  [409, 'conflict'],
  [412, 'precondition_failed'],
  [410, 'not_found'],
  [422, 'rejected'],
  [429, 'overloaded'],
  [500, 'unavailable'],
  [502, 'unavailable'],
  [503, 'unavailable'],
]
test.each(STATUSES)('status %i is %s, without the words of the upstream', async (status, code) => {
  const upstream = await startAnswering(
    status,
    status === 304 ? '' : status < 400 ? ok : `<h1>${CANARY}</h1>`,
    {
      location: 'http://127.0.0.1:1/elsewhere',
    },
  )
  const error = await ask(upstream.address).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'UpstreamError', code, upstream: 'catalog' })
  expect(String(error)).not.toContain(CANARY)
  expect(upstream.requests).toHaveLength(1) // no redirect was followed, nothing tried again
})

test('a 403 for an object that may belong to another customer is "not found"; a 401 for our token is not', async () => {
  const owned = getOwned('/things/{id}', Thing)
  for (const [status, code] of [
    [403, 'not_found'],
    [401, 'unauthorized'],
  ] as const) {
    const upstream = await startAnswering(status, CANARY)
    const answer = callsTo(upstream.address)(owned, { path: { id: 't1' } })
    await expect(answer).rejects.toMatchObject({ code })
  }
})

test('a read that must not be older than its call shares none that is on its way', async () => {
  let held: (() => void)[] = []
  const upstream = await startUpstream((_, response) => void held.push(() => response.end(ok)))
  const call = callsTo(upstream.address, { timeoutMs: 5_000 })
  const args = { path: { id: 't1' } }
  const calls = [
    call(thing, args),
    call(thing, args),
    call(thing, { ...args, alone: true }),
    call(thing, args),
  ]
  await expect.poll(() => held.length).toBe(2)
  for (const answer of held) answer()
  held = []
  expect(await Promise.all(calls)).toHaveLength(4)
  expect(upstream.requests).toHaveLength(2)
})

const UNUSABLE: [string, string | Buffer, UpstreamErrorCode][] = [
  ['not JSON', '<html>', 'invalid_answer'],
  ['half of a JSON text', ok.slice(0, 12), 'invalid_answer'],
  ['nothing', '', 'invalid_answer'],
  ['null', 'null', 'invalid_answer'],
  ['a list', `[${ok}]`, 'invalid_answer'],
  ['a field of another type', '{"id":"t1","price":"5"}', 'invalid_answer'],
  ['a fraction for an integer', '{"id":"t1","price":5.5}', 'invalid_answer'],
  ['a number beyond what is exact', '{"id":"t1","price":9007199254740993}', 'invalid_answer'],
  ['a field missing', '{"id":"t1"}', 'invalid_answer'],
  ['more than 4 MiB', `{"id":"${'x'.repeat(4 * 1024 * 1024)}","price":5}`, 'invalid_answer'],
  ['JSON a million levels deep', `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`, 'invalid_answer'],
]
test.each(UNUSABLE)('an answer that is %s is a typed error', async (_, body, code) => {
  const upstream = await startAnswering(200, body)
  await expect(ask(upstream.address)).rejects.toMatchObject({ name: 'UpstreamError', code, retryable: false })
})

test('an answer without end is given up at 4 MiB, long before the deadline', async () => {
  let sent = 0
  const upstream = await startUpstream((_, response) => {
    const chunk = Buffer.alloc(65_536, ' ')
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length
    }
    response.on('drain', more)
    more()
  })
  const call = callsTo(upstream.address, { timeoutMs: 4_000 })(thing, { path: { id: 't1' } })
  await expect(call).rejects.toMatchObject({
    code: 'invalid_answer',
    message: expect.stringContaining('larger'),
  })
  await expect.poll(upstream.connections).toBe(0)
  expect(sent / 1_048_576).toBeLessThan(64)
})

test('the largest legitimate answers fit', async () => {
  const upstream = await startAnswering(200, JSON.stringify({ id: 'x'.repeat(4_000_000), price: 5 }))
  expect((await ask(upstream.address)).id).toHaveLength(4_000_000)
})

test('a compressed answer, which was not asked for, is refused and never inflated', async () => {
  const bomb = gzipSync(`{"id":"t1","price":5,"padding":"${'0'.repeat(64 * 1024 * 1024)}"}`)
  const upstream = await startAnswering(200, bomb, { 'content-encoding': 'gzip' })
  const before = process.memoryUsage().rss
  await expect(ask(upstream.address)).rejects.toMatchObject({ code: 'invalid_answer' })
  expect(upstream.requests[0]?.headers['accept-encoding']).toBeUndefined()
  expect((process.memoryUsage().rss - before) / 1_048_576).toBeLessThan(32)
})

test('an answer that is cut short is unavailable, also when it is an error', async () => {
  for (const status of [200, 500]) {
    const upstream = await startUpstream((_, response) => {
      response.writeHead(status, { 'content-length': '1000' }).write('{"id":')
      setTimeout(() => response.destroy(), 20)
    })
    await expect(ask(upstream.address)).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  }
})

test('a connection that is refused, or closed without an answer, is unavailable', async () => {
  const upstream = await startUpstream((_, response) => response.destroy())
  await expect(ask(upstream.address)).rejects.toMatchObject({ code: 'unavailable', retryable: true })
  await upstream.close()
  await expect(ask(upstream.address)).rejects.toMatchObject({ code: 'unavailable', retryable: true })
})

test('what cannot be sent is a mistake of ours, not an upstream that is down', async () => {
  const upstream = await startAnswering(200, ok)
  const call = callsTo(upstream.address)
  const withBreak = call(post('/events', z.unknown()), { body: {}, idempotencyKey: 'a\r\nb: c' })
  await expect(withBreak).rejects.toMatchObject({ code: 'rejected', retryable: false })
  await expect(call(thing, { path: { id: '..' } })).rejects.toMatchObject({ code: 'rejected' })
  expect(upstream.requests).toHaveLength(0)
})
