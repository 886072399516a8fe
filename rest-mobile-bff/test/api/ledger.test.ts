import type { RestEnv } from '@harbor/shared-edge/rest/app-version'
import { type ClientLedger, createClientLedger } from '@harbor/shared-edge/rest/ledger'
import { MOST_APPS, type Usage } from '@harbor/shared-edge/rest/ledger/usage'
import { memoryUsage, redisUsage, type UsageStore } from '@harbor/shared-edge/rest/ledger/usage-store'
import { createLog } from '@harbor/shared-runtime/log'
import { connectRedis, type RedisConnection } from '@harbor/shared-runtime/redis'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer, stopRedisServers } from '@harbor/shared-testing/redis-server'
import { Hono } from 'hono'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ACTIONS } from '../../src/actions/index.ts'
import { SCREENS } from '../../src/screens/index.ts'
import { useMobile } from '../mobile.ts'

const ROUTE = 'GET /v1/home'
const usage = (change: Partial<Usage> = {}): Usage => ({
  app: 'harbor/3.1.0 (ios)',
  schemaVersion: 1,
  requests: 1,
  lastSeen: '2026-11-20',
  ...change,
})
const numbered = (count: number, lastSeen: string) =>
  Array.from({ length: count }, (_, i) => usage({ app: `harbor/1.0.${i} (ios)`, lastSeen }))
const now = () => new Date('2026-11-20T12:00:00Z')

/** What every store must do; `open` gives another view of the same one, as another replica has it. */
function contractOf(open: () => UsageStore): void {
  it('adds up by app and version of the schema, with the last day', async () => {
    const store = open()
    await store.add(ROUTE, [usage({ requests: 2 }), usage({ schemaVersion: 2 })])
    await store.add(ROUTE, [
      usage({ requests: 3, lastSeen: '2026-11-21' }),
      usage({ lastSeen: '2026-11-19' }),
    ])
    await store.add('GET /v1/products', [usage()])
    const found = await store.read(ROUTE)
    expect(found).toHaveLength(2)
    expect(found).toContainEqual(usage({ requests: 6, lastSeen: '2026-11-21' }))
    expect(found).toContainEqual(usage({ schemaVersion: 2 }))
    expect(await store.read('GET /v1/nothing')).toEqual([])
  })

  it('tells apart so many apps and no more, however many say what they are', async () => {
    const store = open()
    await store.add(ROUTE, numbered(MOST_APPS + 50, '2026-11-20'))
    await store.add(ROUTE, numbered(MOST_APPS + 50, '2026-11-20'))
    const found = await store.read(ROUTE)
    expect(found).toHaveLength(MOST_APPS + 1)
    expect(found).toContainEqual(usage({ app: 'other', requests: 100 }))
    expect(found.reduce((sum, { requests }) => sum + requests, 0)).toBe(2 * (MOST_APPS + 50))
  })

  it('gives the place of an app that nobody has seen for half a year to a new one', async () => {
    const store = open()
    await store.add(ROUTE, numbered(MOST_APPS, '2026-01-01'))
    await store.add(ROUTE, [usage({ app: 'harbor/9.0.0 (ios)' })])
    expect(await store.read(ROUTE)).toEqual([usage({ app: 'harbor/9.0.0 (ios)' })])
  })
}

describe('usage in memory', () => contractOf(() => memoryUsage(now)))

describe.skipIf(!hasRedis())('usage in Redis', () => {
  let server: RedisServer
  let connection: RedisConnection
  beforeAll(async () => {
    server = await RedisServer.start()
    connection = connectRedis(addressOf(server.url))
    await connection.ready(5_000)
  })
  afterEach(() => server.ask('FLUSHALL'))
  afterAll(() => {
    connection.close()
    stopRedisServers()
  })
  const open = () => redisUsage(connection, 'mobile-bff', now)

  contractOf(open)

  it('is one for all replicas, and outlives them', async () => {
    const replicas = [ledgerOf(open()), ledgerOf(open())]
    for (const replica of replicas) {
      await count(replica, 5)
      await replica.part.stop()
    }
    const { apps } = (await ledgerOf(open()).report())[0] ?? {}
    expect(apps).toEqual([usage({ app: 'unknown', requests: 10 })])
  })

  it('is not lost while Redis is away', async () => {
    const ledger = ledgerOf(open())
    server.freeze()
    await count(ledger, 3)
    expect(await ledger.flush()).toBe(false)
    server.thaw()
    // What Redis took in while nobody waited any more is counted again: never less than what was asked.
    await expect.poll(() => ledger.flush()).toBe(true)
    expect((await ledger.report())[0]?.requests).toBeGreaterThanOrEqual(3)
  })
})

const ledgerOf = (store: UsageStore) =>
  createClientLedger({
    routes: [{ method: 'GET', path: '/v1/home', version: 1 }],
    store,
    log: createLog('test', 'silent'),
    now,
  })

/** Has requests of an app that says nothing counted, as the app's routes do. */
async function count(ledger: ClientLedger, requests: number): Promise<void> {
  const app = new Hono<RestEnv>()
  app.get('/', ledger.counting({ method: 'GET', path: '/v1/home', version: 1 }), (c) => c.text('ok'))
  for (let i = 0; i < requests; i++) await app.request('/')
}

describe('the ledger of clients', () => {
  const mobile = useMobile()
  const asked = (path: string, version?: string) =>
    mobile.get(path, version === undefined ? {} : { 'app-version': version })
  const clients = async () => {
    const answer = await mobile.ledger.part.management?.request('/clients')
    return (await answer?.json()) as { routes: Awaited<ReturnType<ClientLedger['report']>> }
  }

  it('says of a route that goes away which apps still use it, and since when none does', async () => {
    const OLD = '/v1/checkout-summary?cartId=k1001'
    await asked(OLD, 'harbor/2.0.0 (ios)')
    await asked(OLD, 'harbor/2.0.0 (ios)')
    await asked(OLD, 'harbor/2.1.0-beta (android)')
    await asked(OLD, 'nonsense')
    await asked('/v1/checkout-summary', 'harbor/2.0.0 (ios)')
    const { routes } = await clients()
    const today = new Date().toISOString().slice(0, 10)
    expect(routes.find(({ route }) => route === 'GET /v1/checkout-summary')).toEqual({
      route: 'GET /v1/checkout-summary',
      schemaVersion: 1,
      deprecated: { since: '2026-11-01', sunset: '2027-11-01', successor: '/v2/checkout-summary' },
      requests: 5,
      lastSeen: today,
      apps: [
        { app: 'harbor/2.0.0 (ios)', schemaVersion: 1, requests: 3, lastSeen: today },
        { app: 'harbor/2.1.0 (android)', schemaVersion: 1, requests: 1, lastSeen: today },
        { app: 'unknown', schemaVersion: 1, requests: 1, lastSeen: today },
      ],
    })
  })

  it('counts writes like screens, and names each route that there is', async () => {
    const body = { sku: 'HB-1001', quantity: 1 }
    await mobile.send('POST', '/v1/cart/items', body, { 'app-version': 'harbor/2.0.0 (ios)' })
    const { routes } = await clients()
    expect(routes).toContainEqual(expect.objectContaining({ route: 'POST /v1/cart/items', requests: 1 }))
    expect(routes).toHaveLength(SCREENS.length + ACTIONS.length)
  })

  it('names no user and no id', async () => {
    await asked('/v1/products/p1001', 'harbor/2.0.0 (ios)')
    const text = JSON.stringify(await clients())
    expect(text).toContain('GET /v1/products/{id}')
    expect(text).not.toMatch(/c1001|p1001|k1001/)
  })

  it('is not on the public port', async () => {
    expect((await mobile.get('/clients')).status).toBe(404)
  })
})
