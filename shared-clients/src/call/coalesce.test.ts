import { setTimeout as pause } from 'node:timers/promises'
import type { Viewer } from '@harbor/shared-runtime/auth'
import { UserId } from '@harbor/shared-runtime/user-id'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chainOf, failure, listen, read } from '../../test/call-chain.ts'
import { request, timed } from '../../test/upstream.ts'
import type { Coalesced } from './events.ts'

const viewer = (id: string, token: string): Viewer => ({
  id: UserId.parse(id),
  token,
  roles: new Set(),
  scopes: new Set(),
  clientId: 'app',
})

test('a hundred identical callers share one upstream call and its answer', async () => {
  const heard = listen<Coalesced>('harbor.call.coalesced')
  const chain = chainOf()
  const thing = read<object>((attempt) => void setTimeout(() => attempt.succeed({ id: 't1' }), 20))
  const values = await Promise.all(Array.from({ length: 100 }, () => chain.call(request(), thing)))
  expect(thing.sent).toHaveLength(1)
  expect(new Set(values).size).toBe(1)
  expect(heard).toHaveLength(99)
  await chain.call(request(), thing)
  expect(thing.sent).toHaveLength(2) // it is no cache
})

test('a shared failure is everybody’s failure, and the next caller asks again', async () => {
  const chain = chainOf({ retry: false })
  const thing = read<object>((attempt) => void setTimeout(() => attempt.fail(failure('not_found')), 10))
  const outcomes = await Promise.allSettled([chain.call(request(), thing), chain.call(request(), thing)])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(thing.sent).toHaveLength(1)
  await expect(chain.call(request(), thing)).rejects.toMatchObject({ code: 'not_found' })
  expect(thing.sent).toHaveLength(2)
})

test('property: whoever leaves, those who stay have the answer; with nobody left the call is cancelled', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (leaves) => {
      const chain = chainOf()
      let stopped = 0
      const thing = read<string>((attempt) => {
        attempt.stop = () => stopped++
        setTimeout(() => attempt.succeed('answer'), 5)
      })
      const contexts = leaves.map(() => request())
      const calls = contexts.map((context) => chain.call(context, thing))
      await pause(0)
      for (const [n, leaving] of leaves.entries()) if (leaving) contexts[n]?.abort()
      const outcomes = await Promise.allSettled(calls)
      expect(outcomes.map(({ status }) => status === 'rejected')).toEqual(leaves)
      expect(thing.sent).toHaveLength(1)
      expect(stopped).toBe(leaves.every(Boolean) ? 1 : 0)
    }),
    { numRuns: 40 },
  )
})

test('whoever asks just as the last one leaves does not join a call that is being ended', async () => {
  const chain = chainOf()
  const thing = read<string>((attempt) => void setTimeout(() => attempt.succeed('answer'), 10))
  const context = request()
  const leaving = chain.call(context, thing)
  await pause(0)
  context.abort()
  const next = chain.call(request(), thing)
  await expect(leaving).rejects.toMatchObject({ code: 'cancelled' })
  expect(await next).toBe('answer')
})

test('property: two users, or two tokens of one user, never share', async () => {
  const id = fc.constantFrom(' ', 'a', 'b', 'a b', 'a /things', 'a /things/1')
  const user = fc.option(fc.record({ id, token: fc.constantFrom('t1', 't2') }), { nil: undefined })
  const call = fc.record({ user, key: fc.constantFrom('/things/1', '/things/2', '/things/1 /things/1') })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 12 }), async (calls) => {
      const chain = chainOf()
      const values = await Promise.all(
        calls.map(({ user, key }) => {
          const context = request({ viewer: user && viewer(user.id, user.token) })
          const mine = `${JSON.stringify(user)} ${key}`
          return chain.call(
            context,
            read<string>((attempt) => void setImmediate(() => attempt.succeed(mine)), { key }),
          )
        }),
      )
      expect(values).toEqual(calls.map(({ user, key }) => `${JSON.stringify(user)} ${key}`))
    }),
    { numRuns: 60 },
  )
})

test('writes, and the same path read by two schemas, are never shared', async () => {
  const chain = chainOf()
  const soon = (value: string) => ({ send: value })
  const as = (shape: object, isRead = true) =>
    read<string>((attempt) => void setTimeout(() => attempt.succeed('answer'), 5), { shape, isRead })
  const [one, other, write] = [as(soon('one')), as(soon('other')), as({}, false)]
  await Promise.all([one, other, write, write].map((operation) => chain.call(request(), operation)))
  expect([one, other, write].map(({ sent }) => sent.length)).toEqual([1, 1, 2])
})

test('a caller with more time than the first one goes on when the upstream gives up at the first one’s', async () => {
  const chain = chainOf({ retry: false })
  // As gRPC does: the upstream ends at the deadline that it was told.
  const thing = read<string>((attempt, nth) => {
    if (nth === 1) setTimeout(() => attempt.fail(failure('timeout')), attempt.deadline - performance.now())
    else setTimeout(() => attempt.succeed('answer'), 5)
  })
  const short = timed(chain.call(request(), thing, 40))
  await pause(5)
  const long = timed(chain.call(request(), thing, 1_000))
  expect((await short).error).toMatchObject({ code: 'timeout' })
  expect(await long).toMatchObject({ value: 'answer' })
  expect(thing.sent).toHaveLength(2)
})
