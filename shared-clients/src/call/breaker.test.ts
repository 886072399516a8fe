import { setTimeout as pause } from 'node:timers/promises'
import type { UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { expect, test, vi } from 'vitest'
import { chainOf, failure, listen, read } from '../../test/call-chain.ts'
import { request, timed } from '../../test/upstream.ts'
import type { BreakerChanged } from './events.ts'

const PROBE_AFTER_MS = 120
/** Timers may fire up to a millisecond before their time. */
const PROBE_IS_DUE_MS = PROBE_AFTER_MS + 10
const settings = {
  retry: false,
  hedge: false,
  breaker: { calls: 10, minCalls: 5, probeAfterMs: PROBE_AFTER_MS },
} as const

/** An upstream that does what it is told. */
function upstream(state: { code: UpstreamErrorCode | 'ok' | 'hangs' }) {
  let n = 0
  const operation = read<string>((attempt) => {
    if (state.code === 'ok') attempt.succeed('answer')
    else if (state.code !== 'hangs') attempt.fail(failure(state.code))
  })
  return { sent: operation.sent, next: () => ({ ...operation, key: `${n++}` }) }
}

async function opened(state: { code: UpstreamErrorCode | 'ok' | 'hangs' }, maxConcurrent = 64) {
  const chain = chainOf({ ...settings, bulkhead: { maxConcurrent } })
  const { sent, next } = upstream(state)
  for (let n = 0; n < 5; n++) await chain.call(request(), next()).catch(() => {})
  expect(chain.state.breaker).toBe('open')
  return { chain, sent, next }
}

test.each<[UpstreamErrorCode, string]>([
  ['unavailable', 'open'],
  ['timeout', 'open'],
  ['invalid_answer', 'open'],
  ['not_found', 'closed'],
  ['conflict', 'closed'],
  ['rejected', 'closed'],
  ['unauthorized', 'closed'],
  ['forbidden', 'closed'],
  ['user_refused', 'closed'],
  ['overloaded', 'closed'],
  ['cancelled', 'closed'],
])('after ten calls that end as %s it is %s', async (code, state) => {
  const chain = chainOf(settings)
  const { next } = upstream({ code })
  for (let n = 0; n < 10; n++) await chain.call(request(), next()).catch(() => {})
  expect(chain.state.breaker).toBe(state)
})

test('consumers who leave, and places that are full, say nothing about the upstream', async () => {
  const chain = chainOf({ ...settings, bulkhead: { maxConcurrent: 1, maxQueued: 0 } })
  const { next } = upstream({ code: 'hangs' })
  for (let n = 0; n < 20; n++) {
    const context = request()
    const calls = [chain.call(context, next()), chain.call(context, next())]
    await pause(1)
    context.abort()
    await Promise.allSettled(calls)
  }
  expect(chain.state.breaker).toBe('closed')
})

test('an upstream where some things do not exist and some calls fail is well', async () => {
  const chain = chainOf(settings)
  const state: { code: UpstreamErrorCode } = { code: 'not_found' }
  const { next } = upstream(state)
  for (let n = 0; n < 40; n++) {
    state.code = n % 3 === 0 ? 'unavailable' : 'not_found'
    await chain.call(request(), next()).catch(() => {})
  }
  expect(chain.state.breaker).toBe('closed')
})

test('open: calls fail at once and are not sent; then one probe, whose success closes it', async () => {
  const heard = listen<BreakerChanged>('harbor.call.breaker')
  const state: { code: UpstreamErrorCode | 'ok' } = { code: 'unavailable' }
  const { chain, sent, next } = await opened(state)
  const before = sent.length
  const { ms, error } = await timed(chain.call(request(), next()))
  expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('breaker is open') })
  expect(ms).toBeLessThan(50)
  expect(sent).toHaveLength(before)

  await pause(PROBE_IS_DUE_MS)
  await expect(chain.call(request(), next())).rejects.toMatchObject({ code: 'unavailable' })
  expect(sent).toHaveLength(before + 1)
  expect(chain.state.breaker).toBe('open')

  state.code = 'ok'
  await pause(PROBE_IS_DUE_MS)
  expect(await chain.call(request(), next())).toBe('answer')
  expect(chain.state.breaker).toBe('closed')
  expect(heard.map((change) => change.state)).toEqual(['open', 'half-open', 'open', 'half-open', 'closed'])
})

test('a probe that hangs is the only one, and nobody waits for it', async () => {
  const state: { code: UpstreamErrorCode | 'hangs' } = { code: 'unavailable' }
  // Nor for the place that it takes.
  const { chain, sent, next } = await opened(state, 1)
  state.code = 'hangs'
  await pause(PROBE_IS_DUE_MS)
  const before = sent.length
  const probe = timed(chain.call(request(), next(), 200))
  await pause(5)
  expect(chain.state.breaker).toBe('half-open')
  const others = await Promise.all(
    Array.from({ length: 20 }, () => timed(chain.call(request(), next(), 200))),
  )
  expect(Math.max(...others.map(({ ms }) => ms))).toBeLessThan(100)
  expect(sent).toHaveLength(before + 1)
  expect((await probe).error).toMatchObject({ code: 'timeout' })
  await expect.poll(() => chain.state.breaker).toBe('open')
})

test('a probe whose consumer leaves proves nothing: the breaker stays open', async () => {
  const state: { code: UpstreamErrorCode | 'hangs' } = { code: 'unavailable' }
  const { chain, next } = await opened(state)
  state.code = 'hangs'
  await pause(PROBE_IS_DUE_MS)
  const context = request()
  const probe = chain.call(context, next())
  await pause(5)
  context.abort()
  await expect(probe).rejects.toMatchObject({ code: 'cancelled' })
  await expect.poll(() => chain.state.breaker).toBe('open')
})

test('a wall clock that is set back by an hour, or forward, changes nothing: the probe comes in time', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    for (const hours of [-1, 1]) {
      const state: { code: UpstreamErrorCode | 'ok' } = { code: 'unavailable' }
      const { chain, sent, next } = await opened(state)
      vi.setSystemTime(Date.now() + hours * 3_600_000)
      state.code = 'ok'
      const before = sent.length
      await expect(chain.call(request(), next())).rejects.toMatchObject({ code: 'unavailable' })
      expect(sent).toHaveLength(before)
      await pause(PROBE_IS_DUE_MS)
      expect(await chain.call(request(), next())).toBe('answer')
      expect(chain.state.breaker).toBe('closed')
    }
  } finally {
    vi.useRealTimers()
  }
})

test('an outage is noticed after a run of failures, however many calls succeeded before', async () => {
  const chain = chainOf({ ...settings, breaker: { calls: 50, minCalls: 5 } })
  const state: { code: UpstreamErrorCode | 'ok' } = { code: 'ok' }
  const { next } = upstream(state)
  for (let n = 0; n < 50; n++) await chain.call(request(), next())
  state.code = 'unavailable'
  for (let n = 0; n < 4; n++) await chain.call(request(), next()).catch(() => {})
  expect(chain.state.breaker).toBe('closed')
  await chain.call(request(), next()).catch(() => {})
  expect(chain.state.breaker).toBe('open')
})

test('an answer to a call from before the circuit opened does not close it', async () => {
  const chain = chainOf(settings)
  let answer = () => {}
  const early = read<string>((attempt) => {
    answer = () => attempt.succeed('late')
  })
  const slow = chain.call(request(), { ...early, key: 'early' })
  const { next } = upstream({ code: 'unavailable' })
  for (let n = 0; n < 5; n++) await chain.call(request(), next()).catch(() => {})
  await vi.waitFor(() => answer())
  expect(await slow).toBe('late')
  expect(chain.state.breaker).toBe('open')
})
