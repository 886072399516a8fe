import { randomUUID } from 'node:crypto'
import { startMockServices } from '@harbor/mock-services'
import { openWrites } from '@harbor/shared-checkout'
import { createClients, type ClientSet as DomainClientSet } from '@harbor/shared-clients'
import { createClientLedger } from '@harbor/shared-edge/rest/ledger'
import { memoryUsage } from '@harbor/shared-edge/rest/ledger/usage-store'
import type { Screen } from '@harbor/shared-edge/rest/screen'
import { createTokenVerifier, createUsedProofs, type TokenVerifier } from '@harbor/shared-runtime/auth'
import { createCache } from '@harbor/shared-runtime/cache'
import { createLog } from '@harbor/shared-runtime/log'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { sealOf } from '@harbor/shared-runtime/seal'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { z } from 'zod'
import { ACTIONS } from '../src/actions/index.ts'
import { apiRoutes, createApp, type Dependencies } from '../src/app.ts'
import { withOffline } from '../src/clients.ts'
import type { Changed } from '../src/offline/change-log.ts'
import { createOffline, type Offline } from '../src/offline/index.ts'
import { memoryChangeLog } from '../src/offline/memory-change-log.ts'
import { tokenOf } from '../src/offline/token.ts'
import { SCREENS } from '../src/screens/index.ts'

export type Mobile = Awaited<ReturnType<typeof startMobile>>

type Settings = Partial<Omit<Dependencies, 'clients'>> & {
  /** With the cache of a process: what a test has asked for, later tests have in it. */
  cached?: boolean
  /** For tests that are not about time: a busy machine costs no call and no request its time. */
  patient?: boolean
}

/** More than any request takes, however busy the machine. */
const PATIENCE_MS = 15_000
const withPatience = <T extends object>(routes: readonly T[]) =>
  routes.map((route) => ({ ...route, budgetMs: PATIENCE_MS }))

/** The mobile BFF for the tests of a file; each test begins with healthy services and no calls counted. */
export function useMobile(settings: Settings = {}): Mobile {
  const mobile = {} as Mobile
  beforeAll(async () => {
    Object.assign(mobile, await startMobile(settings))
    await warm(mobile)
  })
  beforeEach(() => {
    mobile.mocks.clearFaults()
    mobile.mocks.resetCalls()
  })
  afterAll(() => mobile.stop())
  return mobile
}

/** The first requests of a process pay for tokens and compilation, on a shared machine more than their budget. */
async function warm({ get, demo }: Mobile): Promise<void> {
  for (const path of [
    '/v1/home',
    '/v1/cart',
    `/v1/orders/${demo.orderId}`,
    `/v1/products/${demo.productId}`,
    '/v1/products?limit=50',
    `/v2/checkout-summary?cartId=${demo.cartId}`,
  ])
    for (let attempt = 0; attempt < 20; attempt++) if ((await get(path)).json.degraded?.length === 0) break
}

type Over = Partial<Omit<Dependencies, 'clients'>> & {
  clients: DomainClientSet
  verify: TokenVerifier
  offline?: Offline
}

/** The app over given clients, with everything that it keeps in memory. */
export function appOver({ clients, offline, ...settings }: Over) {
  const log = createLog('test', 'silent')
  // The epoch of the example of `since`: it is a token that is known here.
  const changes = memoryChangeLog({ epoch: '1' })
  const ledger = createClientLedger({ routes: apiRoutes(settings.screens), store: memoryUsage(), log })
  const writes = openWrites({ name: 'test', clients, seal: sealOf({}), log })
  const screenClients = withOffline(clients, offline ?? createOffline({ clients, changes, log }))
  const app = createApp({
    clients: screenClients,
    log,
    ledger,
    writes,
    ...settings,
  })
  return { app, clients: screenClients, changes, ledger, writes }
}

/** An answer with its body, as text and parsed. */
async function read(answer: Response) {
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    json: text === '' ? undefined : JSON.parse(text),
  }
}

/** The mobile BFF over real domain services on free ports: ask it, break a service, count its calls. */
export async function startMobile({ cached = false, patient = false, ...given }: Settings = {}) {
  const { screens = SCREENS, actions = ACTIONS } = given
  const settings = patient
    ? { ...given, screens: withPatience(screens), actions: withPatience(actions) }
    : given
  const mocks = await startMockServices({ defaultFaults: false, imagesUrl: 'https://images.harbor.example' })
  const cache = cached ? createCache({ name: 'test' }) : undefined
  const clients = createClients({
    addresses: mocks.services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
    cache,
    ...(patient && { leastTimeoutMs: PATIENCE_MS }),
  })
  const log = createLog('test', 'silent')
  const verify = createTokenVerifier({
    issuer: mocks.services.identity,
    audience: 'mobile-bff',
    loadKeys: clients.identityKeys,
    dpop: { usedProofs: createUsedProofs(undefined, log), publicUrl: undefined },
  })
  const {
    app,
    changes,
    ledger,
    writes,
    clients: screenClients,
  } = appOver({ clients, verify, cache, ...settings })
  const demo = await mocks.demo()

  const send = async (
    method: string,
    path: string,
    body?: unknown,
    { key = randomUUID(), ...headers }: Record<string, string> = {},
  ) => {
    const answer = await app.request(path, {
      method,
      headers: {
        authorization: `Bearer ${demo.mobileAccessToken}`,
        ...(key !== '' && { 'idempotency-key': key }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return read(answer)
  }

  return {
    mocks,
    demo,
    cache,
    changes,
    writes,
    /** Writes as the demo's customer under a key of its own, unless `headers` (with `key` for short) say otherwise. */
    send,
    clients: screenClients,
    /** The demo's customer. */
    viewer: () => verify(demo.mobileAccessToken),
    /** Notes changes of the catalogue, as the feed would; gives the token since which they are told. */
    async noteChanges(...things: Changed[]): Promise<string> {
      const token = tokenOf(await changes.head())
      for (const thing of things) await changes.record(thing, '1')
      return token
    },
    /** Asks as the demo's customer, unless `headers` say otherwise. */
    async get(path: string, headers: Record<string, string> = {}) {
      const answer = await app.request(path, {
        headers: { authorization: `Bearer ${demo.mobileAccessToken}`, ...headers },
      })
      return read(answer)
    },
    app,
    /** A product as the catalogue has it. */
    async product(id: string) {
      const context = createRequestContext({ budgetMs: 5_000 })
      return clients
        .forRequest(context)
        .catalog.byId(id)
        .finally(() => context.end())
    },
    ledger,
    /** How often each domain service but identity has been called since the last `forgetCalls`. */
    calls(): Record<string, number> {
      const { identity: _, ...services } = mocks.calls()
      return Object.fromEntries(
        Object.entries(services).map(([name, paths]) => [
          name,
          Object.values(paths).reduce((a, b) => a + b, 0),
        ]),
      )
    },
    async stop() {
      for (const part of writes.parts.toReversed()) await part.stop()
      await clients.close()
      await mocks.close()
    },
  }
}

/**
 * A URL of a screen that answers 200 to the demo's customer: what it cannot do without has an example in its schema.
 * @throws {TypeError} that names the input without one
 */
export function sampleOf({ name, path, params, query }: Screen): string {
  const example = (schema: z.ZodObject, field: string): string => {
    const found = schema.shape[field]?.meta()?.example
    if (typeof found !== 'string') throw new TypeError(`${name}: ${field} has no example: .meta({ example })`)
    return encodeURIComponent(found)
  }
  const needed = Object.entries(query.shape).filter(([, schema]) => !schema.safeParse(undefined).success)
  const search = needed.map(([field]) => `${field}=${example(query, field)}`).join('&')
  return `${path.replace(/\{(\w+)\}/g, (_, field) => example(params, field))}${search && `?${search}`}`
}
