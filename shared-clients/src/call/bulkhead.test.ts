import { expect, test } from 'vitest'
import { chainOf, listen, read } from '../../test/call-chain.ts'
import { request, timed } from '../../test/upstream.ts'
import type { Rejected } from './events.ts'

const settings = { bulkhead: { maxConcurrent: 2, maxQueued: 3 }, hedge: false, retry: false } as const

/** Calls that end when the test says so. */
function held() {
  const operation = read<string>(() => {})
  let n = 0
  return { operation, next: () => ({ ...operation, key: `${n++}` }) }
}

test('so many calls are at the upstream, so many wait, and one more is overloaded at once', async () => {
  const heard = listen<Rejected>('harbor.call.rejected')
  const chain = chainOf(settings)
  const { operation, next } = held()
  const calls = Array.from({ length: 5 }, () => chain.call(request(), next()))
  await expect.poll(() => chain.state).toEqual({ breaker: 'closed', inFlight: 2, queued: 3 })
  const { ms, error } = await timed(chain.call(request(), next()))
  expect(error).toMatchObject({ code: 'overloaded', retryable: true })
  expect(ms).toBeLessThan(50)
  expect(heard).toMatchObject([{ upstream: 'catalog', inFlight: 2, queued: 3 }])
  expect(operation.sent).toHaveLength(2)

  // The newest first: it has the most time left.
  for (let n = 0; n < 5; n++) {
    await expect.poll(() => operation.sent.length).toBeGreaterThan(n)
    operation.sent[n]?.succeed(`answer ${n}`)
  }
  expect(await Promise.all(calls)).toEqual([0, 1, 4, 3, 2].map((n) => `answer ${n}`))
  expect(chain.state).toEqual({ breaker: 'closed', inFlight: 0, queued: 0 })
})

test('a call that waits for a place ends at its deadline or with its request, and is never sent', async () => {
  const chain = chainOf(settings)
  const { operation, next } = held()
  for (let n = 0; n < 2; n++) void chain.call(request(), next(), 500)
  const context = request()
  const late = timed(chain.call(request(), next(), 60))
  const left = timed(chain.call(context, next()))
  await expect.poll(() => chain.state.queued).toBe(2)
  context.abort()
  expect(await left).toMatchObject({ error: { code: 'cancelled' } })
  expect(await late).toMatchObject({ error: { code: 'timeout' } })
  expect(chain.state).toMatchObject({ inFlight: 2, queued: 0 })
  expect(operation.sent).toHaveLength(2)
})

test('a call that is given up frees its place at once', async () => {
  const chain = chainOf(settings)
  const { operation, next } = held()
  const contexts = [request(), request()]
  for (const context of contexts) void chain.call(context, next())
  const third = chain.call(request(), next())
  await expect.poll(() => chain.state.queued).toBe(1)
  contexts[0]?.abort()
  await expect.poll(() => operation.sent.length).toBe(3)
  operation.sent[2]?.succeed('answer')
  expect(await third).toBe('answer')
})
