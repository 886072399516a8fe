import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { redisFeed } from './redis-feed.ts'
import { openStreamConnection } from './settings.ts'

describe.skipIf(!hasRedis())('the adapter of Redis Streams', () => {
  let server: RedisServer
  let redis: Redis
  beforeAll(async () => {
    server = await RedisServer.start()
    redis = new Redis(server.url)
  })
  afterAll(async () => {
    redis.disconnect()
    await server.kill()
  })
  beforeEach(() => redis.flushall())

  const add = (id: string, ...fields: string[]) =>
    redis.xadd('events', id, ...(fields.length ? fields : ['type', 'stock', 'data', '{}']))

  function open(after?: string) {
    const ending = new AbortController()
    const feed = redisFeed({
      connect: () => openStreamConnection(addressOf(server.url)),
      stream: 'events',
      blockMs: 50,
    })
    const items = feed.subscribe({ after, signal: ending.signal })[Symbol.asyncIterator]()
    onTestFinished(async () => {
      ending.abort()
      await items.return?.()
    })
    return async () => (await items.next()).value
  }

  test('a stream that is not there yet is one in which nothing happened', async () => {
    const next = open()
    expect(await next()).toEqual({ kind: 'alive', id: '0-0' })
    await add('5-1')
    expect(await next()).toMatchObject({ kind: 'event', id: '5-1' })
    expect(await open('0-0')()).toMatchObject({ kind: 'alive' })
  })

  test('quiet, it gives a sign of life', async () => {
    await add('5-1')
    const next = open()
    expect([await next(), await next()]).toEqual([
      { kind: 'alive', id: '5-1' },
      { kind: 'alive', id: '5-1' },
    ])
  })

  test.each([
    ['trimmed away', '5-2', false],
    ['the last one trimmed away, to be safe', '5-3', false],
    ['the first one held', '5-4', true],
    ['the last one', '5-5', true],
    ['later than the last one', '5-6', false],
    ['the beginning of a stream that was trimmed', '0-0', false],
  ])('an id that is %s', async (_, after, held) => {
    for (const n of [1, 2, 3, 4, 5]) await add(`5-${n}`)
    await redis.xtrim('events', 'MAXLEN', 2)
    const first = open(after)()
    if (held) expect(await first).toEqual({ kind: 'alive', id: after })
    else await expect(first).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a stream that was emptied holds its last id, and no earlier one', async () => {
    await add('5-1')
    await add('5-2')
    await redis.xtrim('events', 'MAXLEN', 0)
    expect(await open('5-2')()).toEqual({ kind: 'alive', id: '5-2' })
    expect(await open()()).toEqual({ kind: 'alive', id: '5-2' })
    await expect(open('5-1')()).rejects.toMatchObject({ code: 'conflict' })
  })

  test('a reader that is too slow gets an error when events were trimmed before it read them', async () => {
    await add('5-1')
    const next = open()
    await next()
    for (const n of [2, 3, 4]) await add(`5-${n}`)
    await redis.xtrim('events', 'MAXLEN', 1)
    await expect(next()).rejects.toMatchObject({ code: 'conflict' })
  })

  test('what ends by itself, or is left, leaves no connection behind', async () => {
    const connections = async () =>
      String(await redis.call('CLIENT', 'LIST', 'TYPE', 'normal'))
        .trim()
        .split('\n').length
    const before = await connections()
    await expect(open('5-1')()).rejects.toMatchObject({ code: 'conflict' })
    const feed = redisFeed({ connect: () => openStreamConnection(addressOf(server.url)), stream: 'events' })
    for await (const _ of feed.subscribe({ after: undefined, signal: new AbortController().signal })) break
    await vi.waitUntil(async () => (await connections()) === before)
  })

  test('an entry of another shape is passed on, for the follower to skip', async () => {
    const next = open()
    await next()
    await add('5-1', 'what', 'type', 'type', 'stock')
    expect(await next()).toEqual({ kind: 'event', id: '5-1', type: 'stock', data: '' })
  })

  test('what is not a stream, and a Redis that is not there, are unavailable', async () => {
    await redis.set('events', 'x')
    await expect(open()()).rejects.toMatchObject({ code: 'unavailable' })
    const feed = redisFeed({ connect: () => openStreamConnection(addressOf('redis://127.0.0.1:1')) })
    const items = feed.subscribe({ after: undefined, signal: new AbortController().signal })
    await expect(items[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('a cluster is read as one Redis is', async () => {
    const node = await RedisServer.start(['--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'])
    const own = new Redis(node.url)
    onTestFinished(async () => {
      own.disconnect()
      await node.kill()
    })
    await own.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383)
    await vi.waitUntil(async () => String(await own.call('CLUSTER', 'INFO')).includes('cluster_state:ok'), {
      timeout: 5_000,
    })
    const connect = () =>
      new Cluster([{ host: '127.0.0.1', port: node.port }], {
        lazyConnect: true,
        enableOfflineQueue: false,
        clusterRetryStrategy: () => null,
      })
    const ending = new AbortController()
    const feed = redisFeed({ connect, stream: 'events', blockMs: 50 })
    const items = feed.subscribe({ after: undefined, signal: ending.signal })[Symbol.asyncIterator]()
    expect((await items.next()).value).toEqual({ kind: 'alive', id: '0-0' })
    await own.xadd('events', '5-1', 'type', 'stock', 'data', '{}')
    expect((await items.next()).value).toMatchObject({ kind: 'event', id: '5-1' })
    const next = items.next()
    ending.abort()
    await expect(next).rejects.toMatchObject({ name: 'AbortError' })
  })
})
