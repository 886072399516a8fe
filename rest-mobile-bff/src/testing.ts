import { startMockServices } from '@harbor/mock-services'
import { createClients } from '@harbor/shared-clients'
import { createTokenVerifier } from '@harbor/shared-runtime/auth'
import { createLog } from '@harbor/shared-runtime/log'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { createApp } from './app.ts'

export type Mobile = Awaited<ReturnType<typeof startMobile>>

/** The mobile BFF for the tests of a file; each test begins with healthy services and no calls counted. */
export function useMobile(): Mobile {
  const mobile = {} as Mobile
  beforeAll(async () => {
    Object.assign(mobile, await startMobile())
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
    `/v1/products/${demo.productId}`,
    '/v1/products?limit=50',
    `/v2/checkout-summary?cartId=${demo.cartId}`,
  ])
    for (let attempt = 0; attempt < 20; attempt++) if ((await get(path)).json.degraded?.length === 0) break
}

/** The mobile BFF over real domain services on free ports: ask it, break a service, count its calls. */
async function startMobile() {
  const mocks = await startMockServices({ defaultFaults: false })
  const clients = createClients({
    addresses: mocks.services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
  })
  const verify = createTokenVerifier({
    issuer: mocks.services.identity,
    audience: 'mobile-bff',
    loadKeys: clients.identityKeys,
  })
  const app = createApp({ clients, verify, log: createLog('test', 'silent') })
  const demo = await mocks.demo()

  return {
    mocks,
    demo,
    /** Asks as the demo's customer, unless `headers` say otherwise. */
    async get(path: string, headers: Record<string, string> = {}) {
      const answer = await app.request(path, {
        headers: { authorization: `Bearer ${demo.mobileAccessToken}`, ...headers },
      })
      const text = await answer.text()
      return {
        status: answer.status,
        headers: answer.headers,
        text,
        json: text === '' ? undefined : JSON.parse(text),
      }
    },
    app,
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
      await clients.close()
      await mocks.close()
    },
  }
}
