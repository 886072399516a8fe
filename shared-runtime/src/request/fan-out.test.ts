import { spawnSync } from 'node:child_process'
import { getEventListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, expectTypeOf, test } from 'vitest'
import { UpstreamError } from '../errors/errors.ts'
import { critical, fanOut, oneOf, optional } from './fan-out.ts'
import { backgroundContext, createRequestContext } from './request-context.ts'
import { Rows } from './rows.ts'

const down = (upstream: string) => new UpstreamError(upstream, 'unavailable', 'connection refused')
const never = () => new Promise<never>(() => {})
const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

/** Duration of a piece of work in milliseconds, and its outcome. */
async function timed<T>(work: Promise<T>): Promise<{ ms: number; value?: T; error?: unknown }> {
  const start = performance.now()
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  return { ms: performance.now() - start, ...outcome }
}

test('the values of all sources are present and typed, and nothing is degraded', async () => {
  const context = createRequestContext({ budgetMs: 500 })
  const { values, degraded, failures } = await fanOut(
    { customer: critical(Promise.resolve({ name: 'Ada' })), orders: optional(Promise.resolve([1])) },
    context,
  )
  expectTypeOf(values).toEqualTypeOf<{ customer: { name: string }; orders: number[] | null }>()
  expect({ values, degraded, failures: failures.size }).toEqual({
    values: { customer: { name: 'Ada' }, orders: [1] },
    degraded: [],
    failures: 0,
  })
})

test('the error of a critical source is thrown at once and ends every other call of the request', async () => {
  const context = createRequestContext({ budgetMs: 5_000 })
  const failure = down('customers')
  const { ms, ...outcome } = await timed(
    fanOut(
      { orders: critical(never()), cart: optional(never()), customer: critical(Promise.reject(failure)) },
      context,
    ),
  )
  expect(outcome).toEqual({ error: failure })
  expect(ms).toBeLessThan(1_000)
  expect(context.signal.aborted).toBe(true)
  expect(context.signal.reason).toBe(failure)
})

test('a user refused by identity fails the whole request, even from an optional source', async () => {
  const context = createRequestContext({ budgetMs: 500 })
  const refused = new UpstreamError('identity', 'user_refused', 'no token for cart: status 400')
  await expect(
    fanOut({ customer: critical(never()), cart: optional(Promise.reject(refused)) }, context),
  ).rejects.toBe(refused)
})

test('of two failing critical sources, the error of the first to fail is thrown', async () => {
  const context = createRequestContext({ budgetMs: 500 })
  const late = pause(30).then(() => Promise.reject(down('late')))
  const early = pause(5).then(() => Promise.reject(down('early')))
  await expect(fanOut({ late: critical(late), early: critical(early) }, context)).rejects.toMatchObject({
    upstream: 'early',
  })
})

test('an optional source that hangs is null and degraded at the deadline, within the budget', async () => {
  const context = createRequestContext({ budgetMs: 200 })
  const { ms, value } = await timed(
    fanOut({ customer: critical(Promise.resolve(1)), recommendations: optional(never()) }, context),
  )
  expect(value?.values).toEqual({ customer: 1, recommendations: null })
  expect(value?.degraded).toEqual(['recommendations'])
  expect(value?.failures.get('recommendations')).toMatchObject({ code: 'timeout' })
  expect(ms).toBeGreaterThan(180)
  expect(ms).toBeLessThan(400)
})

const glance = (cart: Promise<number>, orders: Promise<number>, news: Promise<number>) =>
  fanOut(
    { cart: oneOf(cart), orders: oneOf(orders), news: optional(news) },
    createRequestContext({ budgetMs: 200 }),
  )

test('one answer of several oneOf sources is enough: the others are null and degraded', async () => {
  const { values, degraded } = await glance(Promise.reject(down('cart')), Promise.resolve(2), never())
  expectTypeOf(values.cart).toEqualTypeOf<number | null>()
  expect(values).toEqual({ cart: null, orders: 2, news: null })
  expect(degraded).toEqual(['cart', 'news'])
})

test('when all oneOf sources fail, in any way, the request fails', async () => {
  await expect(glance(Promise.reject(down('cart')), never(), Promise.resolve(1))).rejects.toMatchObject({
    name: 'UpstreamError',
    code: 'unavailable',
    upstream: 'cart, orders',
    cause: { errors: [{ upstream: 'cart' }, { code: 'timeout' }] },
  })
})

test('"not found" from a oneOf source is an answer', async () => {
  const absent = new UpstreamError('cart', 'not_found', 'no cart')
  const { values, degraded } = await glance(Promise.reject(absent), Promise.reject(down('orders')), never())
  expect([values.cart, values.orders, degraded]).toEqual([null, null, ['orders', 'news']])
})

test('a critical source that hangs is a timeout at the deadline', async () => {
  const context = createRequestContext({ budgetMs: 100 })
  const { ms, error } = await timed(fanOut({ customer: critical(never()) }, context))
  expect(error).toMatchObject({ name: 'UpstreamError', code: 'timeout', upstream: 'customer' })
  expect(ms).toBeLessThan(300)
})

test('an optional source that does not exist is null without being degraded; a critical one is thrown', async () => {
  const missing = () => Promise.reject(new UpstreamError('cart', 'not_found', 'no cart'))
  const { values, degraded } = await fanOut(
    { cart: optional(missing()) },
    createRequestContext({ budgetMs: 100 }),
  )
  expect({ values, degraded }).toEqual({ values: { cart: null }, degraded: [] })
  await expect(
    fanOut({ cart: critical(missing()) }, createRequestContext({ budgetMs: 100 })),
  ).rejects.toThrow('no cart')
})

test('null and an empty list are answers, not failures', async () => {
  const { values, degraded } = await fanOut(
    { a: optional(Promise.resolve([])), b: optional(Promise.resolve(null)) },
    createRequestContext({ budgetMs: 100 }),
  )
  expect({ values, degraded }).toEqual({ values: { a: [], b: null }, degraded: [] })
})

test('property: degraded names the failed sources in the order of declaration, whatever the order of failure', async () => {
  const source = fc.record({ fails: fc.boolean(), afterMs: fc.integer({ min: 0, max: 8 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(source, { maxLength: 8 }), async (sources) => {
      const started = sources.map(({ fails, afterMs }, index) => [
        `source${index}`,
        optional(pause(afterMs, index).then((value) => (fails ? Promise.reject(down('x')) : value))),
      ])
      const { values, degraded } = await fanOut(
        Object.fromEntries(started),
        createRequestContext({ budgetMs: 2_000 }),
      )
      expect(degraded).toEqual(sources.flatMap(({ fails }, index) => (fails ? [`source${index}`] : [])))
      expect(values).toEqual(
        Object.fromEntries(sources.map(({ fails }, index) => [`source${index}`, fails ? null : index])),
      )
    }),
    { numRuns: 40 },
  )
})

test('a disconnect of the consumer ends the wait at once', async () => {
  const consumer = new AbortController()
  const context = createRequestContext({ budgetMs: 5_000, consumer: consumer.signal })
  setTimeout(() => consumer.abort(), 20)
  const { ms, error } = await timed(fanOut({ a: critical(never()), b: optional(never()) }, context))
  expect(error).toMatchObject({ code: 'cancelled' })
  expect(ms).toBeLessThan(1_000)
})

test('an ended request does not wait', async () => {
  const context = createRequestContext({ budgetMs: 5_000, consumer: AbortSignal.abort() })
  const { ms, value } = await timed(fanOut({ a: optional(never()), b: optional(never()) }, context))
  expect(value?.degraded).toEqual(['a', 'b'])
  expect(ms).toBeLessThan(1_000)
})

test('background work has no deadline and awaits a slow source', async () => {
  const { values } = await fanOut(
    { slow: optional(pause(60, 'here')) },
    backgroundContext(new AbortController().signal),
  )
  expect(values).toEqual({ slow: 'here' })
})

test('no listener or timer leaks, whatever the outcome', async () => {
  const before = timers()
  for (let i = 0; i < 50; i++) {
    const well = createRequestContext({ budgetMs: 60_000 })
    const badly = createRequestContext({ budgetMs: 60_000 })
    const late = createRequestContext({ budgetMs: 5 })
    await fanOut({ a: optional(Promise.resolve(1)), b: critical(Promise.resolve(2)) }, well)
    await fanOut({ a: critical(Promise.reject(down('a'))), b: optional(never()) }, badly).catch(() => {})
    await fanOut({ a: optional(never()) }, late)
    for (const { signal } of [well, badly, late]) expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  }
  // The test runner has a few timers of its own.
  expect(timers()).toBeLessThan(before + 10)
})

test('a source that fails before it is awaited does not end the process', () => {
  const program = `
    import { setTimeout as pause } from 'node:timers/promises'
    import { critical, fanOut, optional } from ${JSON.stringify(import.meta.resolve('./fan-out.ts'))}
    import { createRequestContext } from ${JSON.stringify(import.meta.resolve('./request-context.ts'))}
    const sources = { a: optional(Promise.reject(new Error('early'))), b: critical(pause(80, 'late')) }
    critical(Promise.reject(new Error('never waited for')))
    await pause(30)
    const { values, degraded } = await fanOut(sources, createRequestContext({ budgetMs: 1000 }))
    console.log(JSON.stringify({ values, degraded }))
  `
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '--eval', program],
    {
      cwd: import.meta.dirname,
      encoding: 'utf8',
    },
  )
  expect({ status, stdout: stdout.trim() }).toEqual({
    status: 0,
    stdout: '{"values":{"a":null,"b":"late"},"degraded":["a"]}',
  })
})

test('one broken row costs itself: an optional source keeps the others and is named, a critical one has failed', async () => {
  const error = new UpstreamError('pricing', 'invalid_answer', 'a row is not as agreed')
  const some = new Rows([['a', 1]])
  some.broken.set('b', error)
  const none = { items: [], broken: new Map([[0, error]]) }
  const context = () => createRequestContext({ budgetMs: 500 })
  const { values, degraded, failures } = await fanOut(
    { some: optional(some), none: optional(none), all: optional(new Rows([['a', 1]])) },
    context(),
  )
  expect([[...(values.some ?? [])], values.none]).toEqual([[['a', 1]], null])
  expect(degraded).toEqual(['some', 'none'])
  expect(failures.get('some')).toBe(error)
  await expect(fanOut({ some: critical(some) }, context())).rejects.toBe(error)
})
