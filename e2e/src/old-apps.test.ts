import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Running, SEAL_KEYS, startProcess, upstreamAddresses } from './harness.ts'

const REQUESTS = 40

describe.skipIf(!hasRedis())('a team that wants to take a route away', () => {
  let services: Running
  let replicas: Running[]
  beforeAll(async () => {
    const redis = await RedisServer.start()
    services = await startProcess('mock-services')
    const control = services.addresses.control ?? ''
    const { services: upstreams } = await (await fetch(`${control}/demo`)).json()
    const settings = {
      ...upstreamAddresses(upstreams),
      EVENTS_URL: `${control}/events`,
      REDIS_URL: redis.url,
      SEAL_KEYS,
      MIN_APP_VERSION: 'ios=2.0.0',
      APP_UPDATE_URL: 'https://harbor.example/update',
    }
    replicas = await Promise.all([
      startProcess('rest-mobile-bff', settings),
      startProcess('rest-mobile-bff', settings),
    ])
  })
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    await services.stop()
    stopRedisServers()
  })

  const ask = (replica: Running | undefined, version: string) =>
    fetch(`${replica?.addresses.http}/v1/products/p1001`, { headers: { 'app-version': version } })

  it('sees which apps still use it, over all replicas, and loses nothing when one of them ends', async () => {
    for (let i = 0; i < REQUESTS; i++) await ask(replicas[i % 2], 'harbor/2.1.0 (ios)')
    expect((await ask(replicas[0], 'harbor/1.9.9 (ios)')).status).toBe(426)
    expect(await replicas[0]?.stop()).toBe(0)

    const answer = await fetch(`${replicas[1]?.addresses.management}/clients`)
    const { routes } = await answer.json()
    const { apps } = routes.find(({ route }: { route: string }) => route === 'GET /v1/products/{id}')
    expect(apps.map(({ app, requests }: { app: string; requests: number }) => [app, requests])).toEqual([
      ['harbor/1.9.9 (ios)', 1],
      ['harbor/2.1.0 (ios)', REQUESTS],
    ])
  })
})
