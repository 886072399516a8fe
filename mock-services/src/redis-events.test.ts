import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEventLog } from './events.ts'
import { publishToRedis, STREAM } from './redis-events.ts'

const missing = spawnSync('redis-server', ['--version']).error !== undefined
if (missing && process.env.CI === 'true') throw new Error('redis-server is not installed, and CI=true')
if (missing) console.warn('redis-server is not installed: publishing to Redis is not tested')

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

describe.skipIf(missing)('events in a Redis stream', () => {
  let port: number
  let server: ChildProcess | undefined
  let redis: Redis
  const until = (condition: () => Promise<boolean>) =>
    vi.waitUntil(condition, { timeout: 8_000, interval: 20 })
  const launch = async () => {
    server = spawn('redis-server', ['--port', `${port}`, '--save', '', '--appendonly', 'no'], {
      stdio: 'ignore',
    })
    await until(() =>
      redis.ping().then(
        () => true,
        () => false,
      ),
    )
  }
  const kill = async () => {
    if (!server) return
    const exited = once(server, 'exit')
    server.kill('SIGKILL')
    await exited
    server = undefined
  }
  const entries = async () => {
    const found = await redis.xrange(STREAM, '-', '+').catch(() => [])
    return found.map(([id, [, type, , data = '{}']]) => ({ id, type, ...JSON.parse(data) }))
  }
  const numbers = async () => (await entries()).map(({ n }) => n)

  beforeEach(async () => {
    port = await freePort()
    redis = new Redis(port, '127.0.0.1', { retryStrategy: () => 30 })
    redis.on('error', () => {})
    vi.spyOn(console, 'error').mockImplementation(() => {})
  })
  afterEach(async () => {
    redis.disconnect()
    await kill()
    vi.restoreAllMocks()
  })

  it('has them in order, under the log’s own ids in the notation of Redis', async () => {
    await launch()
    const log = createEventLog({ bootAt: 1_700_000_000_123 })
    const stop = publishToRedis(log, `redis://127.0.0.1:${port}`)
    const published = ['stock', 'price', 'product'] as const
    const ids = published.map((type, n) => log.publish(type, { n }).id)
    await until(async () => (await entries()).length === 3)
    expect(await entries()).toEqual(published.map((type, n) => ({ id: `1700000000123-${n + 1}`, type, n })))
    expect(ids[2]).toBe('1700000000123000003')
    expect(console.error).not.toHaveBeenCalled()
    await stop()
  })

  it('keeps those that come while Redis is away, and says so once', async () => {
    const log = createEventLog()
    const stop = publishToRedis(log, `redis://127.0.0.1:${port}`)
    for (const n of [1, 2, 3]) log.publish('stock', { n })
    await vi.waitUntil(() => vi.mocked(console.error).mock.calls.length > 0, { timeout: 3_000 })
    await launch()
    await until(async () => (await entries()).length === 3)
    expect(await numbers()).toEqual([1, 2, 3])
    expect(console.error).toHaveBeenCalledOnce()
    await stop()
  })

  it('empties the stream when some could not be kept, so that no reader goes on as if nothing were missing', async () => {
    await launch()
    const log = createEventLog({ keep: 2 })
    const stop = publishToRedis(log, `redis://127.0.0.1:${port}`)
    log.publish('stock', { n: 1 })
    await until(async () => (await entries()).length === 1)
    for (const n of [2, 3, 4, 5]) log.publish('stock', { n })
    await until(async () => (await entries()).length === 0)
    log.publish('stock', { n: 6 })
    await until(async () => (await entries()).length > 0)
    expect(await numbers()).toEqual([6])
    await stop()
  })

  it('keeps about as many as it is told, and ends at once', async () => {
    await launch()
    const log = createEventLog()
    const stop = publishToRedis(log, `redis://127.0.0.1:${port}`, 300)
    for (let n = 1; n <= 1_000; n++) log.publish('stock', { n })
    await until(async () => (await numbers()).at(-1) === 1_000)
    const kept = await numbers()
    expect(kept.length).toBeGreaterThanOrEqual(300)
    expect(kept.length).toBeLessThan(500)
    for (const n of [1, 2, 3]) log.publish('stock', { n })
    const start = performance.now()
    await stop()
    expect(performance.now() - start).toBeLessThan(200)
    const clients = async () =>
      String(await redis.call('CLIENT', 'LIST'))
        .trim()
        .split('\n')
    await until(async () => (await clients()).length === 1)
  })
})
