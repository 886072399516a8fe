import { setTimeout as sleep } from 'node:timers/promises'
import { type MockServices, startMockServices } from '@harbor/mock-services'
import { openBffClients, type upstreamSettings } from '@harbor/shared-clients'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { createLog } from '@harbor/shared-runtime/log'
import { addressOf } from '@harbor/shared-runtime/test/redis-address'
import { hasRedis, RedisServer } from '@harbor/shared-testing/redis-server'
import { scaled } from '@harbor/shared-testing/soak'
import { until } from '@harbor/shared-testing/until'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appOver } from '../../test/mobile.ts'
import { changesScreen } from '../screens/changes.ts'
import { offlineBundleScreen } from '../screens/offline-bundle.ts'
import { createOffline } from './index.ts'
import { memoryChangeLog } from './memory-change-log.ts'
import { redisChangeLog } from './redis-change-log.ts'

const log = createLog('test', 'silent')

/** One replica of the BFF, as used by offline apps: real clients, cache, feed and log. */
async function startReplica(mocks: MockServices, redisUrl?: string, screens?: readonly Screen[]) {
  const addresses = Object.fromEntries(
    Object.entries(mocks.services).map(([name, address]) => [`${name.toUpperCase()}_URL`, address]),
  ) as Record<keyof typeof upstreamSettings, string>
  const { clients, cache, redis, parts, follower } = openBffClients({
    name: 'mobile-bff',
    clientId: 'mobile-bff',
    log,
    config: {
      ...addresses,
      IDENTITY_CLIENT_SECRET: 'mobile-bff-secret',
      EVENTS_URL: `${mocks.controlUrl}/events`,
      REDIS_URL: redisUrl === undefined ? undefined : addressOf(redisUrl),
    },
  })
  const changes = redis ? redisChangeLog(redis) : memoryChangeLog()
  const offline = createOffline({ clients, changes, log, rebuildAfterMs: 50 })
  const { app } = appOver({
    clients,
    verify: () => Promise.reject(new Error('public screens only')),
    offline,
    ...(screens && { screens, cache }),
  })
  const running = [...parts, follower(offline.following)]
  for (const part of running) await part.start()
  return {
    get: async (path: string) => {
      const answer = await app.request(path)
      return { status: answer.status, json: await answer.json() }
    },
    async stop() {
      for (const part of running.toReversed()) await part.stop()
    },
  }
}

type Doing = typeof doing extends fc.Arbitrary<infer D> ? D : never
type Replica = Awaited<ReturnType<typeof startReplica>>
type Known = { id: string; name: string; price: { amount: number } | null }

/** An app and its copy of the data. It calls any replica, one call at a time. */
class App {
  products = new Map<string, Known>()
  token = ''
  startedOver = 0
  #before: Promise<unknown> = Promise.resolve()

  open(replica: Replica): Promise<void> {
    return this.#next(() => this.#open(replica))
  }

  /** One call, repeated by apps while `more` is true. */
  catchUp(replica: Replica): Promise<boolean> {
    return this.#next(() => this.#catchUp(replica))
  }

  #next<T>(call: () => Promise<T>): Promise<T> {
    const answer = this.#before.then(call)
    this.#before = answer
    return answer
  }

  async #open({ get }: Replica): Promise<void> {
    const { status, json } = await get('/v1/offline-bundle')
    if (json.retryable) return
    expect(status).toBe(200)
    this.products = new Map(json.products.map((product: Known) => [product.id, product]))
    this.token = json.token
  }

  async #catchUp(replica: Replica): Promise<boolean> {
    if (this.token === '') await this.#open(replica)
    if (this.token === '') return false
    const { status, json } = await replica.get(`/v1/changes?since=${this.token}`)
    if (status === 410) {
      expect(json.code).toBe('START_OVER')
      this.startedOver++
      await this.#open(replica)
      return true
    }
    if (json.retryable) return false
    expect(status).toBe(200)
    for (const id of json.removed) this.products.delete(id)
    for (const product of json.products) this.products.set(product.id, product)
    this.token = json.token
    return json.more
  }

  get catalogue() {
    return [...this.products.values()].map(({ id, name, price }) => `${id} ${name} ${price?.amount}`).sort()
  }
}

/** The current catalogue. */
const truth = ({ products, prices }: MockServices) =>
  products
    .inCategory(null)
    .map((head) => products.full(head))
    .filter(({ active }) => active)
    .map(({ id, name, sku }) => `${id} ${name} ${prices.of(sku, 'EUR')?.sale_minor}`)
    .sort()

/** Few things, so that they change repeatedly, at both ends of the list, because its pages are read one by one. */
const thing = fc.nat(12)
const doing = fc.oneof(
  fc.record({ do: fc.constant('price' as const), thing, to: fc.integer({ min: 1, max: 90_000 }) }),
  fc.record({ do: fc.constant('rename' as const), thing, to: fc.stringMatching(/^[A-Z][a-z]{3,9}$/) }),
  fc.record({ do: fc.constantFrom('deactivate' as const, 'reactivate' as const, 'remove' as const), thing }),
  fc.record({ do: fc.constant('add' as const) }),
  fc.record({
    do: fc.constantFrom('open' as const, 'catch up' as const),
    app: fc.nat(2),
    replica: fc.nat(1),
  }),
)
/** Shop and apps run independently. */
const step = fc.record({ doing, thenMs: fc.nat(20) })

function promise(
  start: () => { mocks: MockServices; replicas: readonly [Replica, ...Replica[]] },
  numRuns = scaled(6, 100),
) {
  it(
    'bundle and changes add up to the whole catalogue, however late an app is and whichever replica it calls',
    async () => {
      const { mocks, replicas } = start()
      const at = (n: number) => replicas[n % replicas.length] ?? replicas[0]
      const { products } = mocks
      const veteran = new App()

      const act = async (apps: readonly App[], doing: Doing) => {
        const heads = products.inCategory(null)
        const place = 'thing' in doing ? doing.thing : 0
        const { id = '', sku = '' } = heads.at(place % 2 ? place : -1 - place) ?? {}
        switch (doing.do) {
          case 'price':
            return mocks.setPrice(sku, doing.to)
          case 'rename':
            return products.change(id, { name: doing.to })
          case 'deactivate':
          case 'reactivate':
            return products.change(id, { active: doing.do === 'reactivate' })
          case 'remove':
            return products.remove(id)
          case 'add':
            return products.add()
          case 'open':
            return apps[doing.app]?.open(at(doing.replica))
          case 'catch up':
            return apps[doing.app]?.catchUp(at(doing.replica))
        }
      }

      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
          const apps = [veteran, new App(), new App()]
          const asked: unknown[] = []
          for (const { doing, thenMs } of steps) {
            asked.push(act(apps, doing))
            await sleep(thenMs)
          }
          await Promise.all(asked)
          const whole = truth(mocks)
          const settled = (app: App, n: number) =>
            until(async () => {
              while (await app.catchUp(at(n)));
              return JSON.stringify(app.catalogue) === JSON.stringify(whole)
            }, 15_000).catch(() => expect(app.catalogue).toEqual(whole))
          await Promise.all(apps.map(settled))
        }),
        { numRuns, endOnFailure: true },
      )
    },
    scaled(60_000, 900_000),
  )
}

describe('without a network, one replica by itself', () => {
  let mocks: MockServices
  let replica: Replica
  beforeAll(async () => {
    mocks = await startMockServices({ defaultFaults: false })
    replica = await startReplica(mocks)
  })
  afterAll(async () => {
    await replica.stop()
    await mocks.close()
  })

  promise(() => ({ mocks, replicas: [replica] }))

  it('changes are read from the services, whatever the cache holds', async () => {
    const app = new App()
    while (await app.catchUp(replica));
    const changes = () => replica.get(`/v1/changes?since=${app.token}`)
    mocks.setPrice('HB-1500', 4_711)
    await until(async () => (await changes()).json.products.some(({ id }: Known) => id === 'p1500'))
    await replica.get('/v1/products/p1500')
    mocks.resetCalls()
    await changes()
    const { catalog = {}, pricing = {} } = mocks.calls()
    expect([Object.keys(catalog), Object.keys(pricing)]).toEqual([['GET /products'], ['GetPrices']])
  })

  it('a restart invalidates the tokens, and the error says what to do', async () => {
    const { json } = await replica.get('/v1/offline-bundle')
    await replica.stop()
    replica = await startReplica(mocks)
    const answer = await replica.get(`/v1/changes?since=${json.token}`)
    expect(answer).toMatchObject({ status: 410, json: { code: 'START_OVER', retryable: false } })
    expect(answer.json.detail).toContain('/v1/offline-bundle')
  })
})

describe('without a network, with cached answers', () => {
  /** As served, but cached for a second, to keep the test short. */
  const screens = [offlineBundleScreen, changesScreen].map(
    (screen): Screen => ({
      ...screen,
      cache: { ...screen.cache, scope: 'public', maxAge: 1, sharedMaxAge: 1 },
    }),
  )
  let mocks: MockServices
  let replica: Replica
  beforeAll(async () => {
    mocks = await startMockServices({ defaultFaults: false })
    replica = await startReplica(mocks, undefined, screens)
  })
  afterAll(async () => {
    await replica.stop()
    await mocks.close()
  })

  promise(() => ({ mocks, replicas: [replica] }), scaled(3, 50))

  it('apps with the same token share one cached answer, and later get newer changes', async () => {
    const { json } = await replica.get('/v1/offline-bundle')
    const since = (token: string) => replica.get(`/v1/changes?since=${token}`)
    const told = async (id: string) => (await since(json.token)).json.products.some((p: Known) => p.id === id)
    mocks.setPrice('HB-1500', 4_712)
    await until(() => told('p1500'))
    mocks.resetCalls()
    const answers = await Promise.all([1, 2, 3].map(() => since(json.token)))
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(Object.values(mocks.calls().pricing ?? {}).reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1)
    mocks.setPrice('HB-1498', 815)
    await until(() => told('p1498'))
  })
})

describe.skipIf(!hasRedis())('without a network, two replicas on one Redis', () => {
  let server: RedisServer
  let mocks: MockServices
  let replicas: [Replica, Replica]
  beforeAll(async () => {
    server = await RedisServer.start()
    mocks = await startMockServices({ defaultFaults: false, redisUrl: server.url })
    replicas = [await startReplica(mocks, server.url), await startReplica(mocks, server.url)]
  })
  afterAll(async () => {
    for (const replica of replicas) await replica.stop()
    await mocks.close()
    server.kill()
  })

  promise(() => ({ mocks, replicas }))

  it('changes while all replicas are down are reported by the next one, and no app starts over', async () => {
    const app = new App()
    await app.open(replicas[0])
    mocks.setPrice('HB-1503', 4_711)
    await until(async () => {
      await app.catchUp(replicas[1])
      return app.products.get('p1503')?.price?.amount === 4_711
    })
    for (const replica of replicas) await replica.stop()
    mocks.setPrice('HB-1503', 815)
    mocks.products.change('p1502', { active: false })
    replicas = [await startReplica(mocks, server.url), await startReplica(mocks, server.url)]
    await until(async () => {
      await app.catchUp(replicas[1])
      return app.products.get('p1503')?.price?.amount === 815 && !app.products.has('p1502')
    })
    expect(app.startedOver).toBe(0)
  })

  it('lost events make every app start over, at most once per replica', async () => {
    const app = new App()
    await app.open(replicas[0])
    for (const replica of replicas) await replica.stop()
    mocks.setPrice('HB-1501', 99)
    await server.ask('XTRIM', 'harbor:events', 'MAXLEN', 0)
    replicas = [await startReplica(mocks, server.url), await startReplica(mocks, server.url)]
    await until(async () => {
      await app.catchUp(replicas[0])
      return app.products.get('p1501')?.price?.amount === 99
    })
    expect([1, 2]).toContain(app.startedOver)
  })
})
