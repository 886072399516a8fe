import { expect, test } from 'vitest'
import { chainOf, failure, listen, read } from '../../test/call-chain.ts'
import { request } from '../../test/upstream.ts'
import type { Finished } from './events.ts'

test('an upstream call that ended is told with how long it took and how it ended', async () => {
  const heard = listen<Finished>('harbor.call.finished')
  const chain = chainOf({ retry: false })
  const context = request()
  const { trace } = context
  await chain.call(
    context,
    read<string>((attempt) => void setTimeout(() => attempt.succeed('ok'), 20), { trace }),
  )
  const failing = read<string>((attempt) => attempt.fail(failure('not_found')), { trace })
  await chain.call(context, failing).catch(() => {})
  const left = request()
  const cancelled = chain.call(
    left,
    read<string>(() => {}, { key: '/hangs', trace }),
  )
  await Promise.resolve()
  left.abort()
  await cancelled.catch(() => {})
  await expect.poll(() => heard.length).toBe(3)
  expect(heard).toMatchObject(
    ['ok', 'not_found', 'cancelled'].map((code) => ({
      upstream: 'catalog',
      endpoint: 'GET /things/{id}',
      traceId: trace.traceId,
      code,
    })),
  )
  expect(heard[0]?.durationMs).toBeGreaterThan(15)
})

test('no message is made when nobody listens', async () => {
  let asked = 0
  const thing = read<string>((attempt) => void setTimeout(() => attempt.succeed('ok'), 5))
  const watched = Object.defineProperty(thing, 'endpoint', { get: () => `read ${++asked} times` })
  const chain = chainOf({ bulkhead: { maxConcurrent: 1, maxQueued: 0 } })
  const calls = [1, 2].map(() => chain.call(request(), watched))
  await Promise.allSettled([...calls, chain.call(request(), { ...watched, key: '/other' }, 50)])
  expect(asked).toBe(1) // by the spread of this test
})
