import { UpstreamError, type UpstreamErrorCode } from '@harbor/shared-runtime/errors'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { expect, test } from 'vitest'
import { chainOf, failure, listen, read } from '../../test/call-chain.ts'
import { request } from '../../test/upstream.ts'
import type { Finished } from './events.ts'
import { verdictOf } from './verdict.ts'

const course = { sentAt: 0, endedAt: 300, deadline: 300, wasEnded: true, enoughMs: 100 }
const timeout = failure('timeout')

test.each<[string, unknown, Partial<typeof course>, string]>([
  ['used up all of its time', timeout, {}, 'failure'],
  ['was given less than most answers take', timeout, { endedAt: 5, deadline: 5 }, 'none'],
  ['was given just enough', timeout, { endedAt: 100, deadline: 100 }, 'failure'],
  ['was given up early by those who waited', timeout, { endedAt: 5 }, 'none'],
  ['timed out at the upstream, with time left', timeout, { endedAt: 3, wasEnded: false }, 'failure'],
  [
    'timed out at the transport with its little time',
    timeout,
    { endedAt: 4, deadline: 5, wasEnded: false },
    'none',
  ],
  ['was ended late by a process that was busy', timeout, { endedAt: 900 }, 'none'],
  ['was left by its consumer', failure('cancelled'), {}, 'none'],
  ['failed for a reason of its own', new Error('?'), {}, 'failure'],
  ['found nothing', failure('not_found'), {}, 'success'],
])('a call that %s', (_, error, differing, verdict) => {
  expect(verdictOf(error, { ...course, ...differing })).toBe(verdict)
})

const hanging = () => read<string>(() => {}, { isRead: false })
const settings = { retry: false, breaker: { calls: 10, minCalls: 5, leastMs: 40 } } as const

/** Makes ten calls at once that are never answered, within requests that have so many milliseconds. */
const tenCalls = (chain: ReturnType<typeof chainOf>, budgetMs: number) =>
  Promise.all(
    Array.from({ length: 10 }, () =>
      chain.call(createRequestContext({ budgetMs }), hanging()).catch(({ code }: UpstreamError) => code),
    ),
  )

test('calls that are ended by the deadline of their requests open the breaker', async () => {
  const finished = listen<Finished>('harbor.call.finished')
  const chain = chainOf(settings)
  expect(new Set(await tenCalls(chain, 100))).toEqual(new Set(['timeout']))
  await expect.poll(() => chain.state.breaker).toBe('open')
  expect(new Set(finished.map(({ code }) => code))).toEqual(new Set(['timeout']))
})

test('calls that were given only the last milliseconds of a budget do not', async () => {
  const chain = chainOf(settings)
  for (let n = 0; n < 3; n++) await tenCalls(chain, 10)
  await expect.poll(() => chain.state.inFlight).toBe(0)
  expect(chain.state.breaker).toBe('closed')
})

test('nor do calls with less time than the upstream has needed of late', async () => {
  const chain = chainOf(settings)
  const slow = read<string>((attempt) => void setTimeout(() => attempt.succeed('ok'), 150))
  for (let n = 0; n < 4; n++)
    await Promise.all(
      Array.from({ length: 32 }, (_, i) => chain.call(request(), { ...slow, key: `${n} ${i}` })),
    )
  await tenCalls(chain, 90)
  await expect.poll(() => chain.state.inFlight).toBe(0)
  expect(chain.state.breaker).toBe('closed')
  await tenCalls(chain, 300)
  await expect.poll(() => chain.state.breaker).toBe('open')
})

test.each<[UpstreamErrorCode, (context: ReturnType<typeof request>) => void]>([
  ['cancelled', (context) => context.abort(new Error('the consumer left'))],
  [
    'cancelled',
    (context) => context.abort(new UpstreamError('cart', 'timeout', 'another call had less time')),
  ],
])('calls that end as %s before their deadline say nothing', async (code, end) => {
  const chain = chainOf(settings)
  const context = request()
  const calls = Array.from({ length: 10 }, () => chain.call(context, hanging()))
  await new Promise((resolve) => setTimeout(resolve, 60))
  end(context)
  for (const call of calls) await expect(call).rejects.toMatchObject({ code })
  expect(chain.state.breaker).toBe('closed')
})
