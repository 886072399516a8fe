import { expect, onTestFinished, test } from 'vitest'
import { startAnswering, startUpstream, timed } from '../../test/upstream.ts'
import { openIdentity } from './identity.ts'

const KEYS = { keys: [{ kty: 'EC', kid: 'k1', crv: 'P-256', x: 'x', y: 'y' }] }

function opened(issuer: string, origins?: string[]) {
  const identity = openIdentity({ issuer, origins })
  onTestFinished(() => identity.close())
  return identity
}

/** A provider below a path, whose metadata are changed as a test wants. */
async function startProvider({
  path = '',
  more = {},
  origin,
}: {
  path?: string
  more?: object
  origin?: string
} = {}) {
  const provider = await startUpstream((incoming, response) => {
    const issuer = `${provider.address}${path}`
    const at = origin ?? issuer
    const metadata = { issuer, token_endpoint: `${at}/oauth2/token`, jwks_uri: `${at}/certs?v=2`, ...more }
    const answers = new Map<string | undefined, object>([
      [`${path.replace(/\/$/, '')}/.well-known/openid-configuration`, metadata],
      [`${path}/certs?v=2`, KEYS],
    ])
    const answer = answers.get(incoming.url)
    response.writeHead(answer ? 200 : 404).end(JSON.stringify(answer ?? {}))
  })
  return {
    ...provider,
    issuer: `${provider.address}${path}`,
    urls: () => provider.requests.map(({ url }) => url),
  }
}

test.each(['', '/realms/shop', '/tenant-id/v2.0', '/'])(
  'the endpoints of a provider with the path %j are found by its metadata, which are loaded once',
  async (path) => {
    const provider = await startProvider({ path })
    const identity = opened(provider.issuer)
    expect(provider.requests).toEqual([])
    expect(await Promise.all([identity.keys(), identity.keys()])).toEqual([KEYS, KEYS])
    expect((await identity.tokenEndpoint()).path).toBe(`${path}/oauth2/token`)
    expect(provider.urls().filter((url) => url?.endsWith('openid-configuration'))).toHaveLength(1)
  },
)

test('an endpoint of another origin is used when the settings name the origin, and else refused', async () => {
  const elsewhere = await startProvider()
  const provider = await startProvider({ origin: elsewhere.address })
  expect(await opened(provider.issuer, [elsewhere.address]).keys()).toEqual(KEYS)
  expect(elsewhere.urls()).toEqual(['/certs?v=2'])
  await expect(opened(provider.issuer).keys()).rejects.toMatchObject({
    code: 'invalid_answer',
    message: `identity: its metadata name ${elsewhere.address}, which is neither the origin of IDENTITY_URL nor in IDENTITY_ORIGINS`,
  })
  expect(elsewhere.requests).toHaveLength(1)
})

test('metadata of another issuer are refused, and both are named', async () => {
  const provider = await startProvider({ more: { issuer: 'https://elsewhere.example' } })
  await expect(opened(provider.issuer).tokenEndpoint()).rejects.toThrow(
    `its metadata are of the issuer https://elsewhere.example, and IDENTITY_URL is ${provider.issuer}`,
  )
})

test('a failed load of the metadata is repeated by the next use', async () => {
  let isDown = true
  const provider = await startUpstream((incoming, response) => {
    if (isDown) return void response.writeHead(503).end()
    const { address: issuer } = provider
    const metadata = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }
    response.end(JSON.stringify(incoming.url === '/jwks' ? KEYS : metadata))
  })
  const identity = opened(provider.address)
  await expect(identity.keys()).rejects.toMatchObject({ upstream: 'identity', code: 'unavailable' })
  isDown = false
  expect(await identity.keys()).toEqual(KEYS)
})

test.each([
  [503, 'Service Unavailable', 'unavailable'],
  [500, '{"keys":[]}', 'unavailable'],
  [404, '{}', 'invalid_answer'],
  [200, '{"issuer":"none"}', 'invalid_answer'],
  [200, '<html>', 'invalid_answer'],
])('status %i with %j is %s', async (status, body, code) => {
  const { address } = await startAnswering(status, body)
  await expect(opened(address).keys()).rejects.toMatchObject({
    name: 'UpstreamError',
    upstream: 'identity',
    code,
  })
})

test('an identity that is down, or hangs, is unavailable within about 2 s', async () => {
  const hanging = await startUpstream(() => {})
  const { ms, error } = await timed(opened(hanging.address).keys())
  expect(error).toMatchObject({ code: 'unavailable' })
  expect(ms).toBeLessThan(3_000)
  await hanging.close()
  await expect(opened(hanging.address).keys()).rejects.toMatchObject({ code: 'unavailable' })
})
