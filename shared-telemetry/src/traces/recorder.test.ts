import { callEvents } from '@harbor/shared-clients/call-events'
import { cacheChannels } from '@harbor/shared-runtime/cache'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createLog } from '@harbor/shared-runtime/log'
import { expect, onTestFinished, test } from 'vitest'
import { call } from '../../test/calls.ts'
import { request } from '../../test/facts.ts'
import { causeOf } from '../explain/cause.ts'
import { Subscriptions } from '../subscriptions.ts'
import type { RequestRecord } from './record.ts'
import { recordRequests } from './recorder.ts'

function recorder() {
  const subscriptions = new Subscriptions(createLog('test', 'silent'))
  onTestFinished(() => subscriptions.end())
  return recordRequests(subscriptions.listen, () => {})
}

const only = (records: readonly RequestRecord[]): RequestRecord => {
  const [record] = records
  if (!record || records.length > 1) throw new Error(`${records.length} records`)
  return record
}

test('a call is recorded for the request that made it, also when two requests are of one trace', () => {
  const held = recorder()
  const one = request({ name: 'home' }, (facts) => callEvents.finished.publish(call.finished({}, facts)))
  request({ name: 'cart', trace: { ...one.trace, spanId: 'f'.repeat(16) } })
  const records = held.byTrace(one.trace.traceId)
  expect(records.map(({ facts, spans }) => [facts.name, spans.length]).toSorted()).toEqual([
    ['cart', 0],
    ['home', 1],
  ])
  expect(one.upstreams).toEqual({ catalog: 1 })
})

test('a call that ends after its request is still recorded', () => {
  const held = recorder()
  const facts = request()
  callEvents.finished.publish(call.finished({ code: 'timeout' }, facts))
  expect(only(held.records()).spans).toMatchObject([{ how: 'sent', code: 'timeout' }])
})

test('retries, hedges and what was joined belong to their call', () => {
  const held = recorder()
  request({}, (facts) => {
    const event = call.event(facts)
    callEvents.retried.publish({ ...event, attempt: 2, code: 'unavailable', delayMs: 1 })
    callEvents.hedged.publish({ ...event, afterMs: 40 })
    callEvents.finished.publish({ ...call.finished({ attempts: 3 }, facts), spanId: event.spanId })
    callEvents.joined.publish({ ...call.finished({}, facts), sharedTraceId: 'e'.repeat(32) })
    cacheChannels.hit.publish({ cache: 'c', namespace: 'catalog:product', count: 2, trace: facts.trace })
  })
  const { spans, caches } = only(held.records())
  expect(spans).toMatchObject([
    { how: 'sent', retries: 1, hedgedAfterMs: 40, attempts: 3 },
    { how: 'joined', sharedTraceId: 'e'.repeat(32) },
  ])
  expect(Object.fromEntries(caches)).toEqual({ 'catalog:product': { hit: 2 } })
})

test('what went wrong is held longer than the rest, and a flood of one kind does not push out another', () => {
  const held = recorder()
  const failed = request({ status: 503, problem: 'UPSTREAM_UNAVAILABLE' })
  for (let i = 0; i < 5_000; i++) request({ status: 429, problem: 'RATE_LIMITED' })
  for (let i = 0; i < 5_000; i++) request()
  expect(held.byTrace(failed.trace.traceId)).toHaveLength(1)
  expect(held.records().length).toBeLessThanOrEqual(500 + 4 * 200)
})

test('the calls of one request are bounded', () => {
  const held = recorder()
  request({}, (facts) => {
    for (let i = 0; i < 1_000; i++) callEvents.finished.publish(call.finished({}, facts))
  })
  expect(only(held.records())).toMatchObject({ moreSpans: 936, spans: { length: 64 } })
})

test.each([
  ['timeout', undefined, undefined, 'catalog did not answer within 200 ms'],
  ['unavailable', 503, undefined, 'catalog answered 503'],
  ['unavailable', undefined, { code: 'ECONNREFUSED' }, 'catalog refused the connection'],
  ['unavailable', undefined, { cause: { code: 'UND_ERR_SOCKET' } }, 'catalog cut the connection'],
  ['invalid_answer', undefined, undefined, 'catalog gave a malformed answer'],
] as const)('%s (%s, %o) is explained', (code, status, cause, sentence) => {
  const held = recorder()
  request({ degraded: ['products'] }, (facts) => {
    const error = new UpstreamError('catalog', code, 'words of the upstream', { status, cause })
    callEvents.finished.publish(call.finished({ code, error }, facts))
  })
  expect(causeOf(only(held.records())).sentence).toBe(`${sentence}, so the answer came without products.`)
})

test('a breaker that was open is explained by when it opened, and after what', () => {
  const held = recorder()
  const error = new UpstreamError('catalog', 'unavailable', 'down', { status: 500 })
  request({ status: 503 }, (facts) => {
    callEvents.breaker.publish({ upstream: 'catalog', state: 'open' })
    callEvents.finished.publish(call.finished({ code: 'unavailable', error }, facts))
  })
  const facts = request({ status: 503, problem: 'UPSTREAM_UNAVAILABLE' }, (one) => {
    const refusal = new UpstreamError('catalog', 'unavailable', 'not called')
    const refused = { code: 'unavailable', error: refusal, attempts: 0, breaker: 'open' } as const
    callEvents.finished.publish(call.finished(refused, one))
  })
  expect(causeOf(only(held.byTrace(facts.trace.traceId)))).toEqual({
    sentence: expect.stringMatching(
      /^catalog was not called: its circuit breaker was open; its breaker opened at \d\d:\d\d:\d\d, after it answered 500, so it was answered with 503 UPSTREAM_UNAVAILABLE\.$/,
    ),
    upstream: 'catalog',
    fault: 'breaker-open',
  })
  callEvents.breaker.publish({ upstream: 'catalog', state: 'closed' })
})

test('a call without a token names the identity service', () => {
  const held = recorder()
  request({ status: 503 }, (facts) => {
    const error = new UpstreamError('identity', 'unavailable', 'no token', { status: 500 })
    callEvents.finished.publish(call.finished({ code: 'unavailable', error, attempts: 0 }, facts))
  })
  expect(causeOf(only(held.records()))).toMatchObject({ upstream: 'identity', fault: 'server-error' })
})

test('what is slow, shed or of another answer is said', () => {
  const held = recorder()
  const sentence = (given: Parameters<typeof request>[0], during?: Parameters<typeof request>[1]) =>
    causeOf(only(held.byTrace(request(given, during).trace.traceId))).sentence
  expect(
    sentence({ ms: 480, budgetMs: 500 }, (facts) =>
      callEvents.finished.publish(call.finished({ durationMs: 470 }, facts)),
    ),
  ).toBe('catalog was slow: it took 470 of the 480 ms of a budget of 500 ms.')
  expect(sentence({ status: 429, problem: 'RATE_LIMITED' })).toContain('more requests than its limit')
  expect(sentence({ status: 503, problem: 'OVERLOADED', budgetMs: 300 })).toContain('budget of 300 ms')
  expect(sentence({ degraded: ['reviews'] })).toBe('It shared an answer that was built without reviews.')
  expect(sentence({ status: 404, problem: 'NOT_FOUND' })).toBe('It was answered with 404 NOT_FOUND.')
})
