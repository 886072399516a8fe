import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { chainOf, failure, listen, read } from '../../test/call-chain.ts'
import { request, timed } from '../../test/upstream.ts'
import type { Finished, Hedged, Skipped } from './events.ts'

/** A chain that knows its upstream: 640 calls of about 5 ms each. */
async function experienced(settings: Parameters<typeof chainOf>[0] = {}) {
  const chain = chainOf({ retry: false, bulkhead: { maxConcurrent: 1_000 }, ...settings })
  const calls = Array.from({ length: 640 }, (_, n) =>
    chain.call(
      request(),
      read<string>((attempt) => void setTimeout(() => attempt.succeed('ok'), 5), { key: `${n}` }),
    ),
  )
  await Promise.all(calls)
  return chain
}

test('a read that takes longer than nearly all others is sent a second time; the first answer counts', async () => {
  const heard = listen<Hedged>('harbor.call.hedged')
  const finished = listen<Finished>('harbor.call.finished')
  const chain = await experienced()
  const stopped: number[] = []
  const thing = read<string>((attempt, nth) => {
    attempt.stop = () => stopped.push(nth)
    if (nth === 2) setTimeout(() => attempt.succeed('second'), 5)
  })
  expect(await chain.call(request(), thing)).toBe('second')
  expect(thing.sent).toHaveLength(2)
  expect(stopped).toEqual([1]) // the loser
  expect(heard).toMatchObject([{ upstream: 'catalog', endpoint: 'GET /things/{id}' }])
  expect(finished.at(-1)).toMatchObject({ code: 'ok', attempts: 2 })
  expect(chain.state.inFlight).toBe(0)
})

test('one attempt that fails leaves the other its chance; both failing is a failure', async () => {
  const chain = await experienced()
  const one = read<string>((attempt, nth) => {
    if (nth === 1) setTimeout(() => attempt.succeed('first'), 150)
    else attempt.fail(failure('unavailable'))
  })
  expect(await chain.call(request(), one)).toBe('first')
  const both = read<string>(
    (attempt, nth) => void setTimeout(() => attempt.fail(failure('unavailable')), nth === 1 ? 120 : 1),
  )
  await expect(chain.call(request(), both)).rejects.toMatchObject({ code: 'unavailable' })
  expect([one.sent.length, both.sent.length]).toEqual([2, 2])
})

test('both attempts end with their consumer', async () => {
  const chain = await experienced()
  let stopped = 0
  const thing = read<string>((attempt) => {
    attempt.stop = () => stopped++
  })
  const context = request()
  const call = chain.call(context, thing)
  await expect.poll(() => thing.sent.length).toBe(2)
  context.abort()
  await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  expect(stopped).toBe(2)
})

test('hedges stay within two calls in a hundred, and writes are never hedged', async () => {
  const chain = await experienced()
  const slow = (n: number, isRead: boolean) =>
    read<string>((attempt) => void setTimeout(() => attempt.succeed('ok'), 60), { key: `slow ${n}`, isRead })
  const reads = Array.from({ length: 100 }, (_, n) => slow(n, true))
  const writes = Array.from({ length: 20 }, (_, n) => slow(n, false))
  // Writes first, while there is a budget that they could use.
  await Promise.all(writes.map((operation) => chain.call(request(), operation)))
  await Promise.all(reads.map((operation) => chain.call(request(), operation)))
  const extra = reads.reduce((sum, { sent }) => sum + sent.length - 1, 0)
  expect(extra).toBeGreaterThan(0)
  expect(extra).toBeLessThanOrEqual(0.02 * 760)
  expect(writes.every(({ sent }) => sent.length === 1)).toBe(true)
})

test('an optional call with less time than the upstream usually needs is skipped, but for one in twenty', async () => {
  const heard = listen<Skipped>('harbor.call.skipped')
  const chain = await experienced({ hedge: false })
  const thing = () => read<string>((attempt) => attempt.succeed('ok'))
  const optional = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) => chain.call(request(), { ...thing(), key: `o${n}` }, 3, true)),
  )
  expect(optional.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
  expect(heard).toHaveLength(38)
  expect(heard[0]).toMatchObject({ upstream: 'catalog', endpoint: 'GET /things/{id}' })
  expect(heard[0]?.neededMs).toBeGreaterThan(3)
  // With time enough, and when it is needed, it is made.
  expect(await chain.call(request(), thing(), 500, true)).toBe('ok')
  const needed = await timed(chain.call(request(), thing(), 3))
  expect(needed.value).toBe('ok')
  expect(heard).toHaveLength(38)
  await pause(0)
})
