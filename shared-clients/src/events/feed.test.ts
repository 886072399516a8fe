import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type MockServices, startMockServices } from '@harbor/mock-services'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { type CuttableProxy, startProxy } from '@harbor/shared-testing/cuttable-proxy'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { random } from '@harbor/shared-testing/seed'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { following } from '../../test/following.ts'
import { isAfter } from './event.ts'
import type { EventFeed } from './feed.ts'
import { redisFeed, STREAM } from './redis-feed.ts'
import { openStreamConnection } from './settings.ts'
import { sseFeed } from './sse-feed.ts'

/** A feed of the real services, with a network between that can be cut. */
type Setup = {
  feed: EventFeed
  /** The same, for a program that has imported everything. */
  source: string
  proxy: CuttableProxy
  mocks(): MockServices
  /** So much happens that what was seen so far is no longer held. */
  forget(): Promise<void>
  /** The other side dies, and comes back without what it knew. */
  restart(): Promise<void>
  close(): Promise<void>
}

async function sseSetup(): Promise<Setup> {
  let mocks = await startMockServices({ defaultFaults: false })
  const target = { port: Number(new URL(mocks.controlUrl).port) }
  const proxy = await startProxy(target)
  return {
    feed: sseFeed({ url: `http://127.0.0.1:${proxy.port}/events` }),
    source: `openEventFeed({ EVENTS_URL: 'http://127.0.0.1:${proxy.port}/events' })`,
    proxy,
    mocks: () => mocks,
    async forget() {
      for (let n = 0; n <= 10_000; n++) mocks.setStock('par', 'HB-2999', n)
    },
    async restart() {
      await mocks.close()
      mocks = await startMockServices({ defaultFaults: false })
      target.port = Number(new URL(mocks.controlUrl).port)
    },
    async close() {
      await proxy.close()
      await mocks.close()
    },
  }
}

async function redisSetup(): Promise<Setup> {
  const redis = await RedisServer.start()
  const proxy = await startProxy(redis)
  const mocks = await startMockServices({ defaultFaults: false, redisUrl: redis.url })
  return {
    feed: redisFeed({
      connect: () => openStreamConnection(addressOf(`redis://127.0.0.1:${proxy.port}`)),
      blockMs: 200,
    }),
    source: `openEventFeed({ EVENTS_URL: '', REDIS_URL: addressOf('redis://127.0.0.1:${proxy.port}') })`,
    proxy,
    mocks: () => mocks,
    async forget() {
      mocks.setStock('par', 'HB-2999', 1)
      const own = new Redis(redis.url)
      await vi.waitUntil(async () =>
        (await own.xrevrange(STREAM, '+', '-', 'COUNT', 1))[0]?.[1].includes('stock'),
      )
      await sleep(50)
      await own.xtrim(STREAM, 'MAXLEN', 1)
      own.disconnect()
    },
    restart: () => redis.restart(),
    async close() {
      await proxy.close()
      await mocks.close()
      await redis.kill()
    },
  }
}

/** Runs a program in a process of its own, until it ends by itself. */
async function run(program: string): Promise<{ code: number | null; output: string; ms: number }> {
  const start = performance.now()
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  return { code, output, ms: performance.now() - start }
}

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 8_000, interval: 5 })

describe.each([
  { name: 'server-sent events', setUp: sseSetup, skip: false },
  { name: 'Redis Streams', setUp: redisSetup, skip: !hasRedis() },
])('$name', ({ setUp, skip }) => {
  describe.skipIf(skip)('as a feed', () => {
    let it: Setup
    beforeAll(async () => {
      it = await setUp()
    })
    afterAll(() => it.close())

    const stock = (available: number, sku = 'HB-1001') => it.mocks().setStock('ber', sku, available)
    /** Follows it, and waits until it is up. */
    async function up(options?: Parameters<typeof following>[1]) {
      onTestFinished(() => {
        it.proxy.refuse(false)
        it.proxy.silence(false)
      })
      const seen = following(it.feed, options)
      await until(() => seen.said.includes('up'))
      const levels = (sku = 'HB-1001') =>
        seen.events.flatMap((event) =>
          event.type === 'stock' && event.data.sku === sku ? [event.data.available] : [],
        )
      return { ...seen, levels }
    }

    test('brings what happens from now on, typed, each with a later id', async () => {
      stock(77)
      await sleep(50)
      const { events, ids, said } = await up()
      stock(1)
      it.mocks().setPrice('HB-1002', 990)
      const put = (path: string, body: unknown) =>
        fetch(`${it.mocks().controlUrl}${path}`, { method: 'PUT', body: JSON.stringify(body) })
      await put('/products/p1001', { name: 'A better pan' })
      await put('/orders/o104997', { status: 'DELIVERED' })
      await until(() => events.length === 5)
      expect(events.map(({ type, key }) => [type, key])).toEqual([
        ['stock', 'HB-1001'],
        ['price', 'HB-1002'],
        ['product', 'p1001'],
        ['order', 'o104997'],
        ['notification', 'c1001'],
      ])
      expect(events[0]?.data).toMatchObject({ warehouse: 'ber', available: 1 })
      expect(ids().every((id, n) => n === 0 || isAfter(id, ids()[n - 1] ?? ''))).toBe(true)
      expect(said).toEqual(['up'])
    })

    test('goes on after the last event when the connection was cut, without a gap', async () => {
      const { levels, said, count } = await up()
      stock(1)
      await until(() => levels().length === 1)
      it.proxy.refuse(true)
      await until(() => count('down') > 0)
      for (const n of [2, 3, 4]) stock(n)
      await sleep(60)
      it.proxy.refuse(false)
      await until(() => levels().length === 4)
      stock(5)
      await until(() => levels().length === 5)
      expect(levels()).toEqual([1, 2, 3, 4, 5])
      expect(said).not.toContain('gap')
    })

    test('cut before the first event, it resumes from the position at its creation', async () => {
      const { levels, said, count } = await up()
      await sleep(50)
      it.proxy.refuse(true)
      await until(() => count('down') > 0)
      stock(11)
      await sleep(60)
      it.proxy.refuse(false)
      await until(() => levels().length === 1)
      expect(said).not.toContain('gap')
    })

    test('when what came since is no longer held: one gap, closed once the feed is up, then from now on', async () => {
      const { levels, said, count } = await up()
      stock(1)
      await until(() => levels().length === 1)
      it.proxy.refuse(true)
      await until(() => count('down') > 0)
      stock(2)
      await sleep(30)
      await it.forget()
      it.proxy.refuse(false)
      await until(() => said.at(-1) === 'up')
      stock(3)
      await until(() => levels().length === 2)
      expect([levels(), count('gap')]).toEqual([[1, 3], 1])
    })

    test('when the other side came back without its history: one gap', async () => {
      const { levels, said, count } = await up()
      stock(1)
      await until(() => levels().length === 1)
      await it.restart()
      await until(() => said.at(-1) === 'up' && count('gap') === 1)
      stock(5)
      await until(() => levels().length === 2)
      expect([levels(), count('gap')]).toEqual([[1, 5], 1])
    })

    test('down at the start: the first connection counts as a gap', async () => {
      it.proxy.refuse(true)
      const { said } = following(it.feed)
      await until(() => said.includes('down'))
      it.proxy.refuse(false)
      await until(() => said.includes('up'))
      expect(said.filter((word) => word !== 'down')).toEqual(['gap', 'up'])
    })

    test('silent without being closed, it is lost, and taken up again', async () => {
      const { levels, said, count } = await up({ limits: { silenceMs: 600 } })
      stock(1)
      await until(() => levels().length === 1)
      it.proxy.silence(true)
      stock(2)
      await until(() => count('down') > 0)
      it.proxy.silence(false)
      await until(() => levels().length === 2)
      expect(levels()).toEqual([1, 2])
      expect(said).not.toContain('gap')
    })

    test('cut again and again, no event is lost, and none of a key overtakes another', async () => {
      const { levels, said } = await up({ apply: () => sleep(random() * 4) })
      const skus = ['HB-1011', 'HB-1012', 'HB-1013']
      const ROUNDS = 60
      for (let n = 1; n <= ROUNDS; n++) {
        for (const sku of skus) stock(n, sku)
        if (n % 5 === 0) it.proxy.cut()
        await sleep(random() * 8)
      }
      const all = Array.from({ length: ROUNDS }, (_, n) => n + 1)
      await until(() => skus.every((sku) => levels(sku).length >= ROUNDS))
      for (const sku of skus) expect(levels(sku)).toEqual(all)
      expect(said).not.toContain('gap')
    })

    test('stopped, it leaves no connection open, whatever it is doing', async () => {
      const { stop } = await up()
      await until(() => it.proxy.connections() === 1)
      await stop()
      await until(() => it.proxy.connections() === 0)
      it.proxy.silence(true)
      const connecting = following(it.feed)
      await until(() => it.proxy.connections() === 1)
      await connecting.stop()
      await until(() => it.proxy.connections() === 0)
      expect(connecting.said).toEqual([])
    })

    test('stopped, nothing of it keeps a process alive', async () => {
      const { code, output, ms } = await run(`
        import { createLog } from '@harbor/shared-runtime/log'
        import { followEvents } from '${import.meta.resolve('./follow-events.ts')}'
        import { openEventFeed } from '${import.meta.resolve('./settings.ts')}'
        import { addressOf } from '@harbor/shared-runtime/test/redis-address'
        const ending = new AbortController()
        await followEvents({
          feed: ${it.source},
          log: createLog('test', 'silent'),
          signal: ending.signal,
          apply() {},
          onGap() {},
          onConnection: (connected) => connected && setTimeout(() => ending.abort(), 50),
        })
        console.log(performance.now())
      `)
      expect([code, output]).toEqual([0, expect.stringMatching(/^\d+/)])
      expect(ms - Number(output)).toBeLessThan(1_500)
    })
  })
})
