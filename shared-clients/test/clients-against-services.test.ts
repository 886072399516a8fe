import { type MockServices, startMockServices } from '@harbor/mock-services'
import { createTokenVerifier, type Viewer } from '@harbor/shared-runtime/auth'
import { createRequestContext } from '@harbor/shared-runtime/request-context'
import { UserId } from '@harbor/shared-runtime/user-id'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ClientSet, createClients } from '../src/clients.ts'
import { ALL_CALLS, type Call, CUSTOMER, STAFF_ONLY, STAFF_WRITES, USER_ONLY } from './calls.ts'

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
    roles: new Set(),
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

const bound = (viewer?: Viewer) => clients.forRequest(createRequestContext({ budgetMs: 10_000, viewer }))

/** How many things an answer holds: an empty one would satisfy any schema. */
function count(answer: unknown): number {
  if (answer instanceof Map) return answer.size
  if (Array.isArray(answer)) return answer.length
  if (typeof answer === 'object' && answer !== null && 'items' in answer) return count(answer.items)
  return 1
}

/** Those who may make a call; `undefined`: the BFF on its own behalf. */
function viewersOf(name: string): (Viewer | undefined)[] {
  if (USER_ONLY.has(name)) return [customer]
  return STAFF_ONLY.has(name) ? [undefined] : [customer, undefined]
}

/** What services answer and no client names. */
const UNNAMED =
  /supplierId|internalSegmentTag|moderationScore|reorderCost|internalBudgetCode|modelVersion|processorRef|jurisdictionCode|birthDate/

test.each(ALL_CALLS.filter(({ name }) => !STAFF_WRITES.has(name)))(
  '$name agrees with the service, for the user and without one',
  async ({ name, call }) => {
    if (USER_ONLY.has(name)) await expect(call(bound())).rejects.toMatchObject({ code: 'not_found' })
    if (STAFF_ONLY.has(name)) await expect(call(bound(customer))).rejects.toMatchObject({ code: 'not_found' })
    for (const viewer of viewersOf(name)) {
      const answer = await call(bound(viewer))
      expect(count(answer)).toBeGreaterThan(0)
      const held = JSON.stringify(answer instanceof Map ? [...answer.values()] : answer) ?? ''
      expect(held).not.toMatch(UNNAMED)
    }
  },
)

test.each(ALL_CALLS.filter(({ name }) => STAFF_WRITES.has(name)))(
  '$name is for staff alone',
  async ({ call }) => {
    const web = createClients({
      addresses: mocks.services,
      clientId: 'web-bff',
      clientSecret: 'web-bff-secret',
      leastTimeoutMs: 10_000,
    })
    const { staff, staffAccessToken } = await mocks.demo()
    const viewer = { ...customer, id: UserId.parse(staff.id), token: staffAccessToken }
    const answer = await call(web.forRequest(createRequestContext({ budgetMs: 10_000, viewer })))
    await web.close()
    expect(answer).toMatchObject({ eventId: expect.stringMatching(/./) })
    for (const other of [customer, undefined])
      await expect(call(bound(other))).rejects.toMatchObject({ code: 'forbidden' })
  },
)

test.each<[string, Call]>([
  ['profile', ({ customers }) => customers.byId('c1002')],
  ['cart', ({ cart }) => cart.ofCustomer('c1002')],
  ['cart by its id', ({ cart }) => cart.byId('k1002')],
  ['inbox', ({ notifications }) => notifications.ofCustomer('c1002', { limit: 1 })],
])('another customer’s %s does not exist for the user', async (_, call) => {
  await expect(call(bound(customer))).rejects.toMatchObject({ name: 'UpstreamError', code: 'not_found' })
  await expect(call(bound())).resolves.toBeDefined()
})

test('what does not exist is not found, alone, and left out among others', async () => {
  const { catalog, inventory, pricing } = bound()
  await expect(catalog.byId('p9999')).rejects.toMatchObject({ code: 'not_found' })
  expect([...(await catalog.byIds(['p9999', 'p1001'])).keys()]).toEqual(['p1001'])
  expect([...(await pricing.prices(['HB-9999', 'HB-1001'])).keys()]).toEqual(['HB-1001'])
  expect([...(await inventory.stock(['HB-9999', 'HB-1001'])).keys()]).toEqual(['HB-1001'])
})

test('two hundred and fifty ids are three calls, for many rows a key as for one', async () => {
  mocks.resetCalls()
  const { promotions, reviews } = bound()
  const numbers = Array.from({ length: 250 }, (_, n) => 1_001 + n)
  const rated = await reviews.ofProducts(
    numbers.map((n) => `p${n}`),
    { limit: 2 },
  )
  const running = await promotions.forSkus(numbers.map((n) => `HB-${n}`))
  expect(mocks.calls()).toMatchObject({
    reviews: { 'GET /products/reviews': 3 },
    promotions: { 'GET /promotions': 3 },
  })
  expect(rated.size).toBe(250)
  for (const [id, { latest }] of rated) for (const { productId } of latest) expect(productId).toBe(id)
  expect(running.length).toBeGreaterThan(0)
})

test('the keys of identity verify the tokens that it issues', async () => {
  const issuer = mocks.services.identity
  const verify = createTokenVerifier({ issuer, audience: 'mobile-bff', loadKeys: clients.identityKeys })
  expect(await verify(customer.token)).toMatchObject({ id: CUSTOMER, roles: new Set(['customer']) })
})
