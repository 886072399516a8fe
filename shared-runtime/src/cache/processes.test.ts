import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { until } from '@harbor/shared-testing/until'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { listening } from '../../test/cache.conformance.ts'
import type { Answer, Order } from '../../test/cache-worker.ts'
import { addressOf } from '../../test/redis-address.ts'
import { connectRedis } from '../redis/connect.ts'

const withRedis = hasRedis()

describe.skipIf(!withRedis)('three processes on one Redis', () => {
  let redis: RedisServer
  const workers: ChildProcess[] = []
  /** The calling processes, in order. */
  const calls: number[] = []
  const upstream = { version: 1, delayMs: 20, hangs: 0 }
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://upstream')
    calls.push(Number(searchParams.get('from')))
    const rows = pathname
      .slice(1)
      .split(',')
      .map((id) => ({ id, version: upstream.version, group: 'a' }))
    if (upstream.hangs-- > 0) return
    await sleep(upstream.delayMs)
    response.setHeader('connection', 'close').end(JSON.stringify(rows))
  })
  let orders = 0

  beforeAll(async () => {
    redis = await RedisServer.start()
    await once(server.listen(0, '127.0.0.1'), 'listening')
    await startWorkers()
  })
  afterEach(() => {
    calls.length = 0
    Object.assign(upstream, { version: 1, delayMs: 20, hangs: 0 })
  })
  afterAll(() => {
    for (const worker of workers) worker.kill('SIGKILL')
    server.closeAllConnections()
    server.close()
    stopRedisServers()
  })

  async function startWorkers(): Promise<void> {
    const CACHE = 'processes'
    const UPSTREAM = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const env = { ...process.env, REDIS_URL: redis.url, UPSTREAM, CACHE }
    for (let i = 0; i < 3; i++)
      workers.push(fork(new URL('../../test/cache-worker.ts', import.meta.url), { env, execArgv: [] }))
    await Promise.all(workers.map((worker) => once(worker, 'message')))
    const connection = connectRedis(addressOf(redis.url))
    await connection.ready(1_000)
    await listening(connection, `${CACHE}:@purge`, 3)
    connection.close()
    await sleep(100)
  }

  async function tell(worker: ChildProcess | undefined, order: Order): Promise<readonly number[]> {
    const number = orders++
    const { promise, resolve } = Promise.withResolvers<readonly number[]>()
    const onAnswer = (answer: Answer) => {
      if (answer.order !== number) return
      worker?.off('message', onAnswer)
      resolve(answer.versions)
    }
    worker?.on('message', onAnswer)
    worker?.send({ number, order })
    return promise
  }

  const readEverywhere = async (id: string) =>
    (await Promise.all(workers.map((worker) => tell(worker, { do: 'read', id, times: 1 })))).flat()

  test('a thousand cold misses on one key make one upstream call', async () => {
    upstream.delayMs = 100
    const read = { do: 'read', id: 'stampede', times: 334 } as const
    expect((await Promise.all(workers.map((worker) => tell(worker, read)))).flat()).toEqual([1, 1, 1])
    expect(calls).toHaveLength(1)
  })

  test('a delete during a fill in one process wins in all of them', async () => {
    upstream.delayMs = 300
    const [a, b] = workers
    const filling = tell(a, { do: 'read', id: 'filling', times: 1 })
    await until(() => calls.length === 1)
    upstream.version = 2
    upstream.delayMs = 20
    await tell(b, { do: 'invalidate', tags: ['catalog:thing:filling'] })
    // The purging process sees the new value while another still loads the old one.
    expect(await tell(b, { do: 'read', id: 'filling', times: 1 })).toEqual([2])
    await filling
    for (let i = 0; i < 20; i++) expect(new Set(await readEverywhere('filling'))).toEqual(new Set([2]))
  })

  test('a purge in one process is seen by the others at once, and the new value costs one call', async () => {
    expect(await readEverywhere('purged')).toEqual([1, 1, 1])
    expect(calls).toHaveLength(1)
    upstream.version = 2
    await tell(workers[0], { do: 'invalidate', tags: ['catalog:thing:purged'] })
    await sleep(50)
    for (let i = 0; i < 5; i++) expect(await readEverywhere('purged')).toEqual([2, 2, 2])
    expect(calls).toHaveLength(2)
  })

  test('when the loading process is killed, another takes over: two calls at most', async () => {
    upstream.hangs = 1
    const read = { do: 'read', id: 'killed', times: 334 } as const
    const reads = new Map(workers.map((worker) => [worker, tell(worker, read)]))
    await until(() => calls.length === 1)
    const holder = workers.find(({ pid }) => pid === calls[0])
    const killed = performance.now()
    holder?.kill('SIGKILL')
    const rest = [...reads].filter(([worker]) => worker !== holder).map(([, versions]) => versions)
    expect((await Promise.all(rest)).flat()).toEqual([1, 1])
    expect(performance.now() - killed).toBeLessThan(1_000)
    expect(calls).toHaveLength(2)
  })
})
