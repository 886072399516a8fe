import { callEvents } from '@harbor/shared-clients/call-events'
import { feedEvents } from '@harbor/shared-clients/feed-events'
import { createCache } from '@harbor/shared-runtime/cache'
import { createLog } from '@harbor/shared-runtime/log'
import { deviceEvents } from '@harbor/shared-runtime/telemetry/devices'
import { requestEvents } from '@harbor/shared-runtime/telemetry/request'
import { random } from '@harbor/shared-testing/seed'
import { test as base, expect, onTestFinished } from 'vitest'
import { z } from 'zod'
import { call } from '../../test/calls.ts'
import { request } from '../../test/facts.ts'
import { Subscriptions } from '../subscriptions.ts'
import { createMetrics } from './index.ts'

const test = base.extend<{ read: (matching: string) => Promise<Record<string, number>> }>({
  read: async ({ task: _ }, use) => {
    const subscriptions = new Subscriptions(createLog('test', 'silent'))
    const { routes } = createMetrics({
      name: 'test-bff',
      listen: subscriptions.listen,
      clients: { states: () => ({ catalog: { breaker: 'open', inFlight: 3, queued: 2 } }) },
    })
    onTestFinished(() => subscriptions.end())
    await use(async (matching) => {
      const text = await (await routes.request('/metrics')).text()
      const lines = text.split('\n').filter((line) => line.startsWith(matching))
      return Object.fromEntries(
        lines.map((line) => [
          line
            .slice(0, line.lastIndexOf(' '))
            .replace(/bff="test-bff",|,?bff="test-bff"/, '')
            .replace('{}', ''),
          Number(line.slice(line.lastIndexOf(' '))),
        ]),
      )
    })
  },
})

test('requests are counted by what was asked for, by whom and how it ended', async ({ read }) => {
  request()
  request({ consumer: 'customer', ms: 30 })
  request({ name: 'product', status: 404, problem: 'NOT_FOUND' })
  request({ kind: 'operation', name: 'ProductPage', degraded: ['reviews', 'recommendations'] })
  request({ status: 503, problem: 'OVERLOADED' })
  request({ ms: 600, budgetMs: 500 })
  expect(await read('harbor_requests_total')).toEqual({
    'harbor_requests_total{kind="screen",name="home",consumer="anonymous",status="2xx"}': 2,
    'harbor_requests_total{kind="screen",name="home",consumer="customer",status="2xx"}': 1,
    'harbor_requests_total{kind="screen",name="product",consumer="anonymous",status="4xx"}': 1,
    'harbor_requests_total{kind="operation",name="ProductPage",consumer="anonymous",status="2xx"}': 1,
    'harbor_requests_total{kind="screen",name="home",consumer="anonymous",status="5xx"}': 1,
  })
  expect(await read('harbor_requests_degraded_total')).toEqual({
    'harbor_requests_degraded_total{kind="operation",name="ProductPage",part="reviews"}': 1,
    'harbor_requests_degraded_total{kind="operation",name="ProductPage",part="recommendations"}': 1,
  })
  expect(await read('harbor_requests_shed_total')).toEqual({
    'harbor_requests_shed_total{problem="OVERLOADED"}': 1,
  })
  expect(await read('harbor_requests_late_total')).toEqual({
    'harbor_requests_late_total{kind="screen",name="home"}': 1,
  })
  const buckets = await read('harbor_request_duration_seconds_bucket')
  expect(buckets['harbor_request_duration_seconds_bucket{le="0.05",kind="screen",name="home"}']).toBe(3)
  expect(buckets['harbor_request_duration_seconds_bucket{le="+Inf",kind="screen",name="home"}']).toBe(4)
})

test('requests without an answer are in flight', async ({ read }) => {
  request({}, (facts) => {
    requestEvents.started.publish(facts)
  })
  expect(await read('harbor_requests_in_flight')).toEqual({ harbor_requests_in_flight: 1 })
})

test('upstream calls are counted with outcome, attempts, retries, hedges, skips and state', async ({
  read,
}) => {
  callEvents.finished.publish(call.finished({ attempts: 2 }))
  callEvents.finished.publish(call.finished({ code: 'timeout', attempts: 0 }))
  callEvents.retried.publish({ ...call.event(), attempt: 2, code: 'unavailable', delayMs: 3 })
  callEvents.skipped.publish({ ...call.event(), remainingMs: 3, neededMs: 30 })
  callEvents.breaker.publish({ upstream: 'catalog', state: 'open' })
  expect(await read('harbor_upstream_calls_total')).toEqual({
    'harbor_upstream_calls_total{upstream="catalog",endpoint="GET /products/{id}",outcome="ok"}': 1,
    'harbor_upstream_calls_total{upstream="catalog",endpoint="GET /products/{id}",outcome="timeout"}': 1,
  })
  for (const [name, value] of [
    ['attempts_total', 2],
    ['retries_total', 1],
    ['skipped_total', 1],
    ['calls_in_flight', 3],
    ['calls_queued', 2],
    ['call_duration_seconds_count', 2],
  ] as const)
    expect(await read(`harbor_upstream_${name}`)).toEqual({
      [`harbor_upstream_${name}{upstream="catalog"}`]: value,
    })
  expect(await read('harbor_upstream_breaker_state')).toEqual({
    'harbor_upstream_breaker_state{upstream="catalog",state="closed"}': 0,
    'harbor_upstream_breaker_state{upstream="catalog",state="half-open"}': 0,
    'harbor_upstream_breaker_state{upstream="catalog",state="open"}': 1,
  })
})

test('reads of a cache are counted by namespace and what was found', async ({ read }) => {
  const cache = createCache({ name: 'test' })
  const things = cache.define({
    namespace: 'catalog:thing',
    schema: z.object({ a: z.string() }),
    policy: { ttlMs: 60_000, graceMs: 0, negativeTtlMs: 0, tiers: 'memory' },
  })
  const load = async (ids: readonly string[]) => new Map(ids.map((id) => [id, { a: id }]))
  await things.getMany(['1', '2', '3'], load)
  await things.getMany(['1', '2', '3', '4'], load)
  expect(await read('harbor_cache_events_total')).toMatchObject({
    'harbor_cache_events_total{namespace="catalog:thing",event="miss"}': 4,
    'harbor_cache_events_total{namespace="catalog:thing",event="load"}': 4,
    'harbor_cache_events_total{namespace="catalog:thing",event="hit"}': 3,
  })
})

test('a feed is connected or not, and its lag is known where its ids have an instant', async ({ read }) => {
  feedEvents.connected.publish({ feed: 'sse', after: undefined })
  feedEvents.lost.publish({ feed: 'sse', error: undefined, failures: 0 })
  feedEvents.lost.publish({ feed: 'sse', error: undefined, failures: 1 })
  expect(await read('harbor_feed_connected')).toEqual({ 'harbor_feed_connected{feed="sse"}': 0 })
  feedEvents.connected.publish({ feed: 'sse', after: '3' })
  const at = Date.now() - 4_000
  feedEvents.applied.publish({ feed: 'redis', id: `${at}-0`, type: 'stock', attempts: 1, ms: 2 })
  feedEvents.applied.publish({ feed: 'sse', id: '17', type: 'stock', attempts: 1, ms: 2 })
  expect(await read('harbor_feed_connected')).toEqual({ 'harbor_feed_connected{feed="sse"}': 1 })
  const lag = await read('harbor_feed_lag_seconds_sum')
  expect(lag['harbor_feed_lag_seconds_sum{feed="redis"}']).toBeGreaterThanOrEqual(4)
  expect(lag['harbor_feed_lag_seconds_sum{feed="sse"}']).toBeLessThan(0.1)
})

test('messages of devices are counted by protocol, message and status class', async ({ read }) => {
  deviceEvents.message.publish({ protocol: 'coap', message: 'flag', status: 205 })
  deviceEvents.message.publish({ protocol: 'coap', message: 'flag', status: 203 })
  deviceEvents.message.publish({ protocol: 'http', message: 'flag', status: 503 })
  expect(await read('harbor_device_messages_total')).toEqual({
    'harbor_device_messages_total{protocol="coap",message="flag",status="2xx"}': 2,
    'harbor_device_messages_total{protocol="http",message="flag",status="5xx"}': 1,
  })
})

test('10,000 names of requests, parts, endpoints and events make a bounded number of series', async ({
  read,
}) => {
  const count = 10_000
  for (let i = 0; i < count; i++) {
    const name = `${random().toString(36)} ${i}`
    request({ name, kind: 'route', degraded: [name] })
    callEvents.finished.publish(call.finished({ endpoint: `GET /${name}` }))
    feedEvents.ignored.publish({ feed: 'sse', id: '1', type: name })
  }
  const all = await read('harbor_')
  expect(Object.keys(all).length).toBeLessThan(6_000)
  const requests = await read('harbor_requests_total')
  expect(Object.keys(requests)).toHaveLength(201)
  expect(Object.values(requests).reduce((sum, value) => sum + value, 0)).toBe(count)
  const other = 'harbor_requests_total{kind="route",name="other",consumer="anonymous",status="2xx"}'
  expect(requests[other]).toBe(count - 200)
})

test('a value longer than any name is "other", however few there are', async ({ read }) => {
  request({ name: 'x'.repeat(5_000) })
  expect(Object.keys(await read('harbor_requests_total'))).toEqual([
    'harbor_requests_total{kind="screen",name="other",consumer="anonymous",status="2xx"}',
  ])
})
