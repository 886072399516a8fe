import { type MockServices, type ServiceName, startMockServices } from '@harbor/mock-services'
import type { Viewer } from '@harbor/shared-runtime/auth'
import { UpstreamError } from '@harbor/shared-runtime/errors'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { UserId } from '@harbor/shared-runtime/user-id'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { type ClientSet, createClients } from '../src/clients.ts'
import { SERVICES } from '../src/services.ts'
import { ALL_CALLS, type Call, CUSTOMER, USER_ONLY } from './calls.ts'

let mocks: MockServices
let clients: ClientSet
let customer: Viewer

beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
  clients = createClients({
    addresses: mocks.services,
    clientId: 'mobile-bff',
    clientSecret: 'mobile-bff-secret',
    leastTimeoutMs: 10_000,
  })
  const { mobileAccessToken } = await mocks.demo()
  customer = {
    id: UserId.parse(CUSTOMER),
    roles: new Set(['customer']),
    scopes: new Set(),
    clientId: 'mobile-app',
    token: mobileAccessToken,
  }
}, 30_000)
beforeEach(() => mocks.resetCalls())
afterAll(async () => {
  await clients.close()
  await mocks.close()
})

const Claims = z.looseObject({ exp: z.number(), iat: z.number() })

/** The claims of every token that a service was called with since the test began. */
const claimsAt = (service: ServiceName) =>
  mocks.lastCalls(service).map(({ headers }) => Claims.parse(headers.authorization))

const called = () =>
  SERVICES.filter((service) => service !== 'identity' && mocks.lastCalls(service).length > 0)

/** A call that the service may refuse to this caller: it has carried its token all the same. */
async function made(call: Call, viewer?: Viewer): Promise<void> {
  try {
    await call(clients.forRequest(createRequestContext({ budgetMs: 10_000, viewer })))
  } catch (error) {
    if (!(error instanceof UpstreamError && ['not_found', 'forbidden'].includes(error.code))) throw error
  }
}

test.each(ALL_CALLS)(
  '$name carries a token for the user, by this BFF, for that service alone',
  async ({ call }) => {
    await made(call, customer)
    expect(called().length).toBeGreaterThan(0)
    for (const service of called())
      for (const claims of claimsAt(service)) {
        expect(claims).toMatchObject({
          sub: CUSTOMER,
          act: { sub: 'mobile-bff' },
          aud: service,
          client_id: 'mobile-bff',
        })
        expect(claims.exp - claims.iat).toBeLessThanOrEqual(300)
        expect(claims).not.toHaveProperty('scope')
        expect(claims).not.toHaveProperty('cnf')
      }
  },
)

test.each(ALL_CALLS.filter(({ name }) => !USER_ONLY.has(name)))(
  '$name without a user carries one of the BFF’s own',
  async ({ call }) => {
    await made(call)
    for (const service of called())
      for (const claims of claimsAt(service)) {
        expect(claims).toMatchObject({ sub: 'mobile-bff', aud: service, roles: [] })
        expect(claims).not.toHaveProperty('act')
      }
  },
)

test('all calls of a user and all of the BFF’s own are, by now, two exchanges a service', async () => {
  for (const { name, call } of ALL_CALLS)
    for (const viewer of USER_ONLY.has(name) ? [customer] : [customer, undefined]) await made(call, viewer)
  expect(mocks.calls().identity ?? {}).toEqual({})
})
