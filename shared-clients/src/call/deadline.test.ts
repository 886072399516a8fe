import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { backgroundContext } from '@harbor/shared-runtime/request-context'
import { expect, onTestFinished, test } from 'vitest'
import { request, timed } from '../../test/upstream.ts'
import { type Caller, withDeadline } from './deadline.ts'

const never = () => new Promise<never>(() => {})
/** An attempt that ends only when it is told to. */
const obedient = ({ signal }: Caller) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('what the attempt gives is passed on, value or error', async () => {
  expect(await withDeadline('catalog', request(), 100, async () => 'value')).toBe('value')
  const error = new Error('its own')
  await expect(withDeadline('catalog', request(), 100, () => Promise.reject(error))).rejects.toBe(error)
})

test.each([
  ['an attempt that obeys', obedient],
  ['an attempt that does not', never],
])('%s is a timeout at the call’s own timeout', async (_, attempt) => {
  const { ms, error } = await timed(withDeadline('catalog', request(), 80, attempt))
  expect(error).toMatchObject({ code: 'timeout', upstream: 'catalog', retryable: true })
  expect(ms).toBeGreaterThan(70)
  expect(ms).toBeLessThan(300)
})

test('what is left of the request counts when it is less than the call’s own timeout', async () => {
  const context = request({ budgetMs: 100 })
  await pause(40)
  let given = Number.NaN
  const { ms, error } = await timed(
    withDeadline('catalog', context, 5_000, ({ deadline }) => {
      given = deadline
      return never()
    }),
  )
  expect(error).toMatchObject({ code: 'timeout' })
  expect(ms).toBeLessThan(300)
  expect(given).toBeLessThanOrEqual(context.deadline + 1)
})

test('a call that no longer fits is not made at all', async () => {
  let attempts = 0
  const call = withDeadline('catalog', request({ budgetMs: 0 }), 100, async () => attempts++)
  await expect(call).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('not called'),
  })
  expect(attempts).toBe(0)
})

test('a request that ends cancels its calls at once and tells their attempts', async () => {
  const context = request()
  let told: AbortSignal | undefined
  const call = withDeadline('catalog', context, 5_000, ({ signal }) => {
    told = signal
    return never()
  })
  const reason = new Error('the consumer went away')
  setTimeout(() => context.abort(reason), 20)
  const { ms, error } = await timed(call)
  expect(error).toMatchObject({ code: 'cancelled', retryable: false, cause: reason })
  expect(ms).toBeLessThan(300)
  expect(told?.aborted).toBe(true)
})

test('a request that has ended makes no calls', async () => {
  const context = request()
  context.end()
  let attempts = 0
  const call = withDeadline('catalog', context, 100, async () => attempts++)
  await expect(call).rejects.toMatchObject({ code: 'cancelled' })
  expect(attempts).toBe(0)
})

test('the end of one call touches no other call of the request', async () => {
  const context = request()
  const other = withDeadline('orders', context, 1_000, () => pause(100, 'answer'))
  await expect(withDeadline('catalog', context, 20, never)).rejects.toMatchObject({ code: 'timeout' })
  expect(await other).toBe('answer')
  expect(context.signal.aborted).toBe(false)
})

test('an attempt that fails after the deadline ends nothing and nobody', async () => {
  const late = () => pause(60).then(() => Promise.reject(new Error('late')))
  await expect(withDeadline('catalog', request(), 20, late)).rejects.toMatchObject({ code: 'timeout' })
  await pause(80) // an unhandled rejection would fail the run
})

test('background work has the call’s own timeout only', async () => {
  const context = backgroundContext(new AbortController().signal)
  await expect(withDeadline('catalog', context, 30, never)).rejects.toMatchObject({ code: 'timeout' })
})

test('fifty calls of one request at a time raise no warning about listeners', async () => {
  const warnings: Error[] = []
  const warn = (warning: Error) => void warnings.push(warning)
  process.on('warning', warn)
  onTestFinished(() => void process.off('warning', warn))
  const context = request()
  await Promise.all(Array.from({ length: 50 }, () => withDeadline('catalog', context, 1_000, () => pause(5))))
  await pause(10)
  expect(warnings).toEqual([])
  expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
})

test('20,000 calls of a long-lived context leave nothing behind', async () => {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  const context = backgroundContext(new AbortController().signal)
  const make = async (calls: number) => {
    for (let i = 0; i < calls; i += 100)
      await Promise.all(
        Array.from({ length: 100 }, () => withDeadline('catalog', context, 60_000, async () => i)),
      )
    await pause(10)
    collect()
    return process.memoryUsage().heapUsed
  }
  const before = await make(2_000)
  const after = await make(20_000)
  expect((after - before) / 1_048_576).toBeLessThan(4) // AbortSignal.any: over 20 MiB
  expect(getEventListeners(context.signal, 'abort')).toHaveLength(0)
}, 30_000)
