import { readFileSync } from 'node:fs'
import * as grpc from '@grpc/grpc-js'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, clientToken, exchange, grpcClient, tokenRequest, userToken } from '../test/calls.ts'
import { createTokens } from './auth.ts'
import { type MockServices, SERVICE_NAMES, type ServiceName, startMockServices } from './index.ts'
import { GRPC_SERVICES, HTTP_SERVICES } from './services/index.ts'
import { createWorld } from './world/index.ts'

let mocks: MockServices
beforeAll(async () => {
  mocks = await startMockServices({ defaultFaults: false })
})
afterAll(() => mocks.close())

const world = createWorld()
const routes = Object.entries(HTTP_SERVICES).flatMap(([service, make]) =>
  make(world).map(({ method, path }) => ({ service: service as ServiceName, method, path })),
)
const otherThan = (service: ServiceName): ServiceName => (service === 'tax' ? 'cart' : 'tax')

it('covers every service but identity, which issues the tokens, and images, which is open to browsers', () => {
  const covered = [...new Set(routes.map(({ service }) => service)), ...Object.keys(GRPC_SERVICES)]
  expect(covered.sort()).toEqual(
    SERVICE_NAMES.filter((name) => name !== 'identity' && name !== 'images').sort(),
  )
})

/** What a service must not take: nothing, consumers' tokens, those of other services, of other times, of nobody. */
async function refusedBy(service: ServiceName): Promise<string[]> {
  const { mobileAccessToken, webAccessToken, staffAccessToken } = await mocks.demo()
  const forAnother = await clientToken(mocks, otherThan(service))
  // Known there by now: what is remembered of a token must not be good elsewhere.
  await call(mocks, otherThan(service), '/calculations', forAnother)
  const good = await clientToken(mocks, service)
  const tokens = await createTokens(mocks.services.identity)
  const claims = { sub: 'mobile-bff', aud: service, clientId: 'mobile-bff', roles: [] }
  const ofAnotherIssuer = (await createTokens('http://elsewhere.test')).issue(claims, 300)
  const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')
  return [
    '',
    'nonsense',
    mobileAccessToken,
    webAccessToken,
    staffAccessToken,
    forAnother,
    await userToken(mocks, webAccessToken, otherThan(service)),
    await tokens.issue(claims, -1),
    await ofAnotherIssuer,
    `${good.slice(0, -4)}AAAA`,
    `${unsigned}.${good.split('.')[1]}.`,
  ]
}

describe('a call without a valid internal token is refused', () => {
  it.each(routes)('$service: $method $path', async ({ service, method, path }) => {
    const target = path.replace(/\{\w+\}/g, 'x')
    for (const token of await refusedBy(service)) {
      const response = await call(mocks, service, target, token, {
        method,
        ...(method !== 'GET' && { body: {} }),
      })
      expect(response.status).toBe(401)
      expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHENTICATED' } })
    }
  })

  const methods = Object.entries(GRPC_SERVICES).flatMap(([service, { proto }]) => {
    const text = readFileSync(new URL(`../../shared-clients/proto/${proto.file}`, import.meta.url), 'utf8')
    return [...text.matchAll(/rpc (\w+)\(\w+\) returns \((stream )?/g)].map(([, method = '', streams]) => ({
      service: service as 'inventory' | 'pricing',
      method,
      streams: streams !== undefined,
    }))
  })

  it.each(methods)('$service: $method', async ({ service, method, streams }) => {
    const client = grpcClient(mocks, service)
    const ask = (token: string) =>
      new Promise<number>((resolve) => {
        if (streams) {
          const stream = client.stream(method, {}, token)
          stream
            .once('data', () => resolve(grpc.status.OK))
            .once('error', ({ code }: Refused) => resolve(code))
        } else
          client.unary(method, {}, token).then(
            () => resolve(grpc.status.OK),
            ({ code }: Refused) => resolve(code),
          )
      })
    for (const token of await refusedBy(service)) expect(await ask(token)).toBe(grpc.status.UNAUTHENTICATED)
    expect(await ask(await clientToken(mocks, service))).not.toBe(grpc.status.UNAUTHENTICATED)
    client.close()
  })

  it('identity: what it knows of a user, by the token of a BFF or a service', async () => {
    const { mobileAccessToken, webAccessToken } = await mocks.demo()
    for (const token of [mobileAccessToken, webAccessToken, await userToken(mocks, webAccessToken, 'orders')])
      expect((await call(mocks, 'identity', '/me', token)).status).toBe(401)
  })
})

describe('token exchange', () => {
  it('names the user as subject, the BFF as actor and one service as audience', async () => {
    const { webAccessToken } = await mocks.demo()
    const { status, body } = await tokenRequest(mocks, 'web-bff', exchange(webAccessToken, 'orders'))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      expires_in: 300,
      issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    })
    const claims = decodeJwt(body.access_token ?? '')
    expect(claims).toMatchObject({
      iss: mocks.services.identity,
      sub: 'c1001',
      aud: 'orders',
      act: { sub: 'web-bff' },
      roles: ['customer'],
    })
    expect((claims.exp ?? 0) - (claims.iat ?? 0)).toBe(300)
  })

  it('refuses a subject token that was issued for another BFF, and internal tokens', async () => {
    const { mobileAccessToken, webAccessToken } = await mocks.demo()
    const internal = await userToken(mocks, webAccessToken, 'orders')
    for (const subject of [mobileAccessToken, internal, 'nonsense']) {
      const { status, body } = await tokenRequest(mocks, 'web-bff', exchange(subject, 'orders'))
      expect(status).toBe(400)
      expect(body.error).toBe('invalid_grant')
    }
  })

  it('refuses an audience that is not a domain service, and a BFF with a wrong secret', async () => {
    const { webAccessToken } = await mocks.demo()
    expect((await tokenRequest(mocks, 'web-bff', exchange(webAccessToken, 'web-bff'))).body.error).toBe(
      'invalid_target',
    )
    const response = await fetch(`${mocks.services.identity}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('web-bff:wrong')}` },
      body: new URLSearchParams(exchange(webAccessToken, 'orders')),
    })
    expect(response.status).toBe(401)
  })
})

it('client credentials give a token with the BFF itself as subject', async () => {
  const claims = decodeJwt(await clientToken(mocks, 'catalog'))
  expect(claims).toMatchObject({ sub: 'mobile-bff', client_id: 'mobile-bff', aud: 'catalog', roles: [] })
})

describe('a person’s data', () => {
  const others = [
    ['customers', '/customers/c1002'],
    ['cart', '/carts/k1002'],
    ['cart', '/customers/c1002/cart'],
    ['orders', '/orders?customerId=c1002'],
    ['payments', '/payments?customerId=c1002'],
    ['notifications', '/customers/c1002/notifications'],
    ['recommendations', '/customers/c1002/recommendations'],
    ['promotions', '/promotions?cartId=k1002'],
  ] as const

  it.each(others)(
    '%s %s: 404 for another customer, there for staff and for a BFF alone',
    async (service, path) => {
      const { webAccessToken, staffAccessToken } = await mocks.demo()
      const status = async (token: string) => (await call(mocks, service, path, token)).status
      expect(await status(await userToken(mocks, webAccessToken, service))).toBe(404)
      expect(await status(await userToken(mocks, staffAccessToken, service))).toBe(200)
      expect(await status(await clientToken(mocks, service))).toBe(200)
      const own = path.replace('1002', '1001')
      expect((await call(mocks, service, own, await userToken(mocks, webAccessToken, service))).status).toBe(
        200,
      )
    },
  )

  it('is left out of lists by id, and a list without a customer holds the caller’s own', async () => {
    const { webAccessToken } = await mocks.demo()
    const token = await userToken(mocks, webAccessToken, 'orders')
    const own = (await (await call(mocks, 'orders', '/orders?limit=100', token)).json()) as Orders
    expect(own.items.length).toBeGreaterThan(20)
    expect(new Set(own.items.map(({ customerId }) => customerId))).toEqual(new Set(['c1001']))
    const asStaff = await clientToken(mocks, 'orders')
    const all = (await (await call(mocks, 'orders', '/orders?limit=100', asStaff)).json()) as Orders
    const ids = all.items.map(({ id }) => id).join(',')
    const named = (await (await call(mocks, 'orders', `/orders?ids=${ids}`, token)).json()) as Orders
    expect(named.items.length).toBeGreaterThan(0)
    expect(named.items.every(({ customerId }) => customerId === 'c1001')).toBe(true)
  })
})

type Refused = { code: number }
type Orders = { items: { id: string; customerId: string }[] }
