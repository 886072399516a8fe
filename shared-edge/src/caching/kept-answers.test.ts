import { createCache } from '@harbor/shared-runtime/cache'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { ProblemError } from '@harbor/shared-runtime/problems'
import { connectRedis } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import { keepAnswers, publicShape } from './kept-answers.ts'

const POLICY = {
  scope: 'public',
  maxAge: 60,
  sharedMaxAge: 300,
  staleWhileRevalidate: 600,
  staleIfError: 86_400,
} as const

const VIEW = z.object({ id: z.string() })

afterEach(() => vi.restoreAllMocks())

/** Stored answers with a clock and upstreams controlled by the test. */
function open(options: Partial<Parameters<typeof createCache>[0]> = {}) {
  const clock = { s: 1_000, wallS: 1_000 }
  vi.spyOn(performance, 'now').mockImplementation(() => clock.s * 1_000)
  vi.spyOn(Date, 'now').mockImplementation(() => clock.wallS * 1_000)
  const cache = createCache({ name: 'answers', now: () => clock.s * 1_000, random: () => 0.5, ...options })
  const answers = keepAnswers('mobile:product', publicShape('mobile:product', VIEW), POLICY, cache)
  const build = vi.fn(async () => ({
    bytes: Buffer.from(`built at ${clock.s}`),
    tags: ['a:b:c'],
    degraded: [] as string[],
  }))
  const ask = async (key = 'key'): Promise<Record<string, string>> => {
    const { answer, headers } = await answers({
      key,
      deadline: performance.now() + 5_000,
      signal: () => new AbortController().signal,
      build,
    })
    return { text: Buffer.from(answer.body.as('identity').bytes).toString(), ...headers }
  }
  return { clock, cache, ask, build }
}

const down = () => Promise.reject(new UpstreamError('catalog', 'unavailable', 'down'))

describe('a stored answer', () => {
  it('has its age and remaining freshness', async () => {
    const { ask, build, clock } = open()
    expect(await ask()).toEqual({ text: 'built at 1000', 'Cache-Status': 'harbor; fwd=miss; stored' })
    clock.s += 20
    expect(await ask()).toEqual({ text: 'built at 1000', Age: '20', 'Cache-Status': 'harbor; hit; ttl=40' })
    expect(build).toHaveBeenCalledTimes(1)
  })

  it('has an age that does not depend on the wall clock', async () => {
    for (const hours of [-1, 1]) {
      const { ask, clock } = open()
      await ask()
      clock.wallS += hours * 3_600
      clock.s += 20
      expect(await ask()).toMatchObject({ Age: '20', 'Cache-Status': 'harbor; hit; ttl=40' })
    }
  })

  it('is served stale while it is rebuilt once, and fresh after that', async () => {
    const { ask, build, clock } = open()
    await ask()
    clock.s += 100
    const stale = { text: 'built at 1000', Age: '100', 'Cache-Status': 'harbor; hit; ttl=-40' }
    expect(await Promise.all([ask(), ask()])).toEqual([stale, stale])
    await vi.waitUntil(async () => (await ask()).Age === '0')
    expect(build).toHaveBeenCalledTimes(2)
  })

  it('is never called fresh when it is older than its max-age', async () => {
    const { ask, clock } = open({ random: () => 0.999999 })
    await ask()
    clock.s += 59
    expect(await ask()).toMatchObject({ Age: '59', 'Cache-Status': 'harbor; hit; ttl=1' })
    clock.s += 2
    await ask()
    await vi.waitUntil(async () => (await ask()).Age === '0')
  })

  it('past that is rebuilt before it is sent; if that fails, the old one is sent, for a day', async () => {
    const { ask, build, clock } = open()
    await ask()
    clock.s += 3_600
    build.mockImplementationOnce(down)
    expect(await ask()).toEqual({
      text: 'built at 1000',
      Age: '3600',
      'Cache-Status': 'harbor; fwd=stale; ttl=-3540; detail=stale-if-error',
    })
    expect(await ask()).toMatchObject({ text: 'built at 4600', 'Cache-Status': 'harbor; fwd=miss; stored' })
    clock.s += 90_000
    build.mockImplementationOnce(down)
    await expect(ask()).rejects.toMatchObject({ code: 'unavailable' })
  })

  it('is sent when what builds it has a problem of the kind of an upstream, and no other', async () => {
    const { ask, build, clock } = open()
    await ask()
    clock.s += 3_600
    build.mockImplementationOnce(() => Promise.reject(new ProblemError('UPSTREAM_TIMEOUT')))
    expect(await ask()).toMatchObject({ text: 'built at 1000' })
    build.mockImplementationOnce(() => Promise.reject(new ProblemError('INTERNAL')))
    await expect(ask()).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  it('is not sent once its entity no longer exists', async () => {
    const { ask, build, clock } = open()
    await ask()
    clock.s += 3_600
    build.mockImplementation(() => Promise.reject(new UpstreamError('catalog', 'not_found', 'gone')))
    await expect(ask()).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is purged by each of its tags, also while it is being built', async () => {
    const { ask, build, cache } = open()
    await ask()
    await cache.invalidate(['a:b:c'])
    expect(await ask()).toMatchObject({ 'Cache-Status': 'harbor; fwd=miss; stored' })
    build.mockImplementationOnce(async () => {
      await cache.invalidate(['a:b:c'])
      return { bytes: Buffer.from('too late'), tags: ['a:b:c'], degraded: [] }
    })
    await cache.invalidate(['a:b:c'])
    expect(await ask()).toEqual({ text: 'too late', 'Cache-Status': 'harbor; fwd=miss' })
    expect(await ask()).toMatchObject({ text: 'built at 1000' })
  })

  it('is built once for concurrent requests', async () => {
    const { ask, build } = open()
    const all = await Promise.all([ask(), ask(), ask()])
    expect(build).toHaveBeenCalledTimes(1)
    expect(all.map((headers) => headers['Cache-Status'])).toEqual([
      'harbor; fwd=miss; stored',
      'harbor; fwd=miss; stored; collapsed',
      'harbor; fwd=miss; stored; collapsed',
    ])
  })

  it('is never degraded: only concurrent requests share a degraded answer', async () => {
    const { ask, build, clock } = open()
    const half = async () => ({ bytes: Buffer.from('half'), tags: ['a:b:c'], degraded: ['pricing'] })
    build.mockImplementationOnce(half)
    expect(await Promise.all([ask(), ask()])).toMatchObject([
      { text: 'half', 'Cache-Status': 'harbor; fwd=miss; detail=degraded' },
      { text: 'half', 'Cache-Status': 'harbor; fwd=miss; collapsed; detail=degraded' },
    ])
    expect(await ask()).toMatchObject({ text: 'built at 1000' })
    clock.s += 100
    build.mockImplementation(half)
    await ask()
    expect(await ask()).toMatchObject({ text: 'built at 1000' })
  })

  it('is public: a view with a field of a user is refused when the process starts', () => {
    const view = z.object({ name: z.string(), customerId: z.string() })
    expect(() => publicShape('mobile:product', view)).toThrow(/customerId/)
  })

  it.skipIf(!hasRedis())('is shared by all processes of the same name', async () => {
    const server = await RedisServer.start()
    const connections = [0, 1].map(() => connectRedis(addressOf(server.url)))
    onTestFinished(() => {
      for (const connection of connections) connection.close()
      server.kill()
    })
    for (const connection of connections) await connection.ready(5_000)
    const [one, two] = connections.map((redis) => open({ redis }))
    await one?.ask()
    await vi.waitUntil(async () => String(await server.ask('KEYS', '*')).includes('mobile:'))
    await vi.waitUntil(async () => {
      const found = await two?.ask()
      return found?.['Cache-Status'] === 'harbor; hit; ttl=60'
    })
    expect((await two?.ask())?.text).toBe('built at 1000')
    expect(two?.build).not.toHaveBeenCalled()
    one?.cache.close()
    two?.cache.close()
  })
})
