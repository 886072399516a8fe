import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { fakeFeed } from '../../test/fake-feed.ts'
import { following } from '../../test/following.ts'

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 3_000, interval: 1 })

/** What is told on a channel during the test. */
function told(name: string): Record<string, unknown>[] {
  const messages: Record<string, unknown>[] = []
  const listen = (message: unknown) => void messages.push(message as Record<string, unknown>)
  subscribe(name, listen)
  onTestFinished(() => void unsubscribe(name, listen))
  return messages
}

async function up(options?: Parameters<typeof following>[1], fake: ReturnType<typeof fakeFeed> = fakeFeed()) {
  const seen = following(fake.feed, options)
  await until(() => seen.said.includes('up'))
  return { ...seen, fake }
}

test('a slow event holds up those of its own key only, and is never overtaken by one of them', async () => {
  const running = new Set<string>()
  let overlaps = 0
  const { fake, ids } = await up({
    async apply({ id, key }) {
      if (running.has(key)) overlaps++
      running.add(key)
      await sleep(id === '1' ? 40 : 1)
      running.delete(key)
    },
  })
  for (const sku of ['A', 'A', 'B', 'C', 'A']) fake.stock(sku, 1)
  await until(() => ids().length === 5)
  expect([ids(), overlaps]).toEqual([['3', '4', '1', '2', '5'], 0])
})

test('price and stock of one SKU are not in each other’s way', async () => {
  const { fake, ids } = await up({ apply: ({ type }) => (type === 'stock' ? sleep(30) : undefined) })
  fake.stock('A', 1)
  fake.send('price', { sku: 'A', currency: 'EUR', listMinor: 2, saleMinor: 1 })
  await until(() => ids().length === 2)
  expect(ids()).toEqual(['2', '1'])
})

test('the feed is read no further while as many events wait as may', async () => {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let started = 0
  const { fake, ids } = await up({
    limits: { pending: 4 },
    apply() {
      started++
      return held
    },
  })
  for (let n = 0; n < 20; n++) fake.stock(`S${n}`, 1)
  await sleep(20)
  expect(started).toBe(4)
  letGo()
  await until(() => ids().length === 20)
})

test.each([
  ['is not JSON', 'stock', '{'],
  ['lacks what was agreed', 'stock', { sku: 'A' }],
  ['has a wrong type', 'price', { sku: 'A', currency: 'EUR', listMinor: '2', saleMinor: 1 }],
])('an event that %s is told of and skipped', async (_, type, data) => {
  const skipped = told('harbor.events.skipped')
  const { fake, ids, said } = await up()
  fake.send(type, data)
  fake.stock('A', 1)
  await until(() => ids().length === 1)
  expect([ids(), said]).toEqual([['2'], ['up']])
  expect(skipped).toMatchObject([{ feed: 'fake', id: '1', type, reason: 'parse' }])
})

test('an event without a place in the feed is skipped, and does not wedge it', async () => {
  const skipped = told('harbor.events.skipped')
  const { fake, ids, said } = await up()
  fake.send('stock', { sku: 'A', warehouse: 'ber', available: 1, reserved: 0 }, 'abc')
  fake.stock('A', 2)
  await until(() => ids().length === 1)
  expect([ids(), said, skipped.length]).toEqual([['2'], ['up'], 1])
})

test('a type that is not known here is no fault', async () => {
  const [skipped, ignored] = [told('harbor.events.skipped'), told('harbor.events.ignored')]
  const { fake, ids } = await up()
  fake.send('review', {})
  fake.send('constructor', {})
  fake.stock('A', 1)
  await until(() => ids().length === 1)
  expect([skipped, ignored.map(({ type }) => type)]).toEqual([[], ['review', 'constructor']])
})

test('an event that cannot be applied is tried three times and skipped; its key goes on', async () => {
  const [skipped, applied] = [told('harbor.events.skipped'), told('harbor.events.applied')]
  let tries = 0
  const { fake, ids } = await up({
    apply({ id }) {
      if (id === '1' && ++tries) throw new Error('poison')
      if (id === '2' && ++tries < 5) throw new Error('bad luck')
    },
  })
  fake.stock('A', 1)
  fake.stock('A', 2)
  await until(() => ids().length === 1)
  expect(tries).toBe(5)
  expect(skipped).toMatchObject([{ id: '1', reason: 'apply' }])
  expect(applied).toMatchObject([{ id: '2', attempts: 2 }])
})

test('an event whose application hangs is given up in time, and told so by its signal', async () => {
  const signals: AbortSignal[] = []
  const { fake, ids } = await up({
    limits: { applyMs: 10, attempts: 2 },
    apply({ id }, signal) {
      if (id !== '1') return
      signals.push(signal)
      return new Promise(() => {})
    },
  })
  fake.stock('A', 1)
  fake.stock('A', 2)
  await until(() => ids().length === 1)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
})

test('what the feed sends again is not applied again', async () => {
  const repeated = told('harbor.events.repeated')
  const { fake, ids, count } = await up()
  for (const n of [1, 2, 3]) fake.stock('A', n)
  await until(() => ids().length === 3)
  fake.repeat(2)
  fake.cut()
  await until(() => count('up') === 2)
  fake.stock('A', 4)
  await until(() => ids().length === 4)
  expect([ids(), fake.asked]).toEqual([
    ['1', '2', '3', '4'],
    [undefined, '3'],
  ])
  expect(repeated.map(({ id }) => id)).toEqual(['2', '3'])
})

test('a gap is closed once the feed is up, after what was taken before and before what comes after', async () => {
  const gaps = told('harbor.events.gap')
  const order: string[] = []
  const fake = fakeFeed({ keep: 2 })
  const { ids, count } = await up(
    {
      async apply({ id }) {
        await sleep(id === '1' ? 60 : 0)
        order.push(id)
      },
      onGap() {
        order.push(`gap, ${fake.readers()} connected`)
        fake.stock('A', 99)
      },
    },
    fake,
  )
  fake.stock('A', 1)
  await sleep(5)
  fake.down(true)
  for (const n of [2, 3, 4]) fake.stock('A', n)
  fake.down(false)
  await until(() => ids().length === 2)
  expect([order, gaps.length, count('gap')]).toEqual([['1', 'gap, 1 connected', '5'], 1, 1])
})

test('a gap that could not be closed stays one until it is', async () => {
  const fake = fakeFeed()
  fake.down(true)
  let tries = 0
  const { said, ids } = following(fake.feed, {
    onGap() {
      if (++tries < 3) throw new Error('the cache is not there')
    },
  })
  await until(() => said.length > 0)
  fake.down(false)
  fake.stock('A', 0)
  await until(() => said.includes('up'))
  fake.stock('A', 1)
  await until(() => ids().includes('2'))
  expect(tries).toBe(3)
  expect(said.filter((word) => word !== 'down')).toEqual(['gap', 'up'])
})

test('a feed that goes on from an earlier place than asked has another history: a gap', async () => {
  const { fake, ids, count } = await up()
  fake.stock('A', 1)
  fake.stock('A', 2)
  await until(() => ids().length === 2)
  const { subscribe: honest } = fake.feed
  Object.assign(fake.feed, {
    subscribe: (options: Parameters<typeof honest>[0]) => honest({ ...options, after: options.after && '1' }),
  })
  fake.cut()
  await until(() => count('gap') === 1)
  fake.stock('A', 3)
  await until(() => ids().length === 3)
  expect(ids()).toEqual(['1', '2', '3'])
})

test('a gap that was closed is none at the next cut', async () => {
  const fake = fakeFeed()
  fake.down(true)
  const { said, count } = following(fake.feed)
  await until(() => said.length > 0)
  fake.down(false)
  await until(() => count('up') === 1)
  fake.cut()
  await until(() => count('up') === 2)
  expect(count('gap')).toBe(1)
})

test('stopped, it waits for nothing: what runs is told, what waits behind it does not begin', async () => {
  const applied = told('harbor.events.applied')
  const signals: AbortSignal[] = []
  const { fake, stop, ids } = await up({
    apply(_, signal) {
      signals.push(signal)
      return new Promise(() => {})
    },
  })
  for (const n of [1, 2, 3]) fake.stock('A', n)
  await until(() => signals.length === 1)
  const start = performance.now()
  await stop()
  await sleep(10)
  expect(performance.now() - start).toBeLessThan(500)
  expect([signals.map(({ aborted }) => aborted), ids(), applied, fake.readers()]).toEqual([[true], [], [], 0])
})

test('connections made and lost are told of', async () => {
  const [lost, connected] = [told('harbor.events.lost'), told('harbor.events.connected')]
  const { fake, ids } = await up()
  fake.stock('A', 1)
  await until(() => ids().length === 1)
  fake.cut()
  await until(() => connected.length === 2)
  expect(connected.map(({ after }) => after)).toEqual([undefined, '1'])
  expect(lost).toMatchObject([{ feed: 'fake', failures: 0, error: { code: 'unavailable' } }])
})
