import { createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { backgroundContext } from '@harbor/shared-runtime/request-context'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { ALL_CALLS } from '../../test/calls.ts'
import { metadataFor } from '../../test/provider-metadata.ts'
import { readAll, request, startUpstream } from '../../test/upstream.ts'
import { createClients } from '../clients.ts'
import { sseFeed } from '../events/sse-feed.ts'
import { addressesOf, SERVICES, type ServiceName } from '../services.ts'
import { openPool } from './outbound.ts'

const GRPC: readonly ServiceName[] = ['inventory', 'pricing']
const REDIRECTS = [301, 302, 303, 307, 308]

const listen = async (server: Server) => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Where nobody may ever go: counts connections, whatever they speak. */
let elsewhere = ''
let reached = 0
const other = createServer((socket) => {
  reached++
  socket.destroy()
})
beforeAll(async () => {
  elsewhere = await listen(other)
})
afterEach(() => {
  expect(reached).toBe(0)
  vi.unstubAllEnvs()
})
afterAll(() => other.close())

/** A service of HTTP/2, as gRPC is, that answers every call with a redirect. */
async function startRedirectingGrpc(status: number): Promise<string> {
  const server = createHttp2Server()
  server.on('stream', (stream) =>
    stream.respond({ ':status': status, location: elsewhere }, { endStream: true }),
  )
  onTestFinished(() => void server.close())
  return listen(server)
}

/** All services redirect; identity does, too, or gives tokens. */
async function startRedirecting(status: number, identityRedirects: boolean) {
  const http = await startUpstream(async (incoming, response) => {
    await readAll(incoming)
    const metadata = metadataFor(http.address, incoming.url)
    if (metadata !== undefined) response.end(metadata)
    else if (incoming.url === '/token' && !identityRedirects)
      response.end(JSON.stringify({ access_token: 'a-token', expires_in: 300 }))
    else response.writeHead(status, { location: `${elsewhere}${incoming.url}` }).end()
  })
  const grpc = await startRedirectingGrpc(status)
  const settings = Object.fromEntries(
    SERVICES.map((service) => [`${service.toUpperCase()}_URL`, GRPC.includes(service) ? grpc : http.address]),
  ) as Parameters<typeof addressesOf>[0]
  const clients = createClients({
    addresses: addressesOf(settings),
    clientId: 'a-bff',
    clientSecret: 'secret',
  })
  onTestFinished(() => clients.close())
  return { clients, http }
}

describe.each(REDIRECTS)('a %i to another server', (status) => {
  test('is not followed by any call of any client', async () => {
    const { clients, http } = await startRedirecting(status, false)
    for (const { call, name } of ALL_CALLS)
      await expect(call(clients.forRequest(request())), name).rejects.toMatchObject({ name: 'UpstreamError' })
    expect(http.requests.length).toBeGreaterThan(ALL_CALLS.length / 2)
  })

  test('is not followed for identity’s keys and tokens', async () => {
    const { clients, http } = await startRedirecting(status, true)
    await expect(clients.identityKeys()).rejects.toMatchObject({ upstream: 'identity' })
    await expect(clients.forRequest(request()).catalog.byId('p1')).rejects.toMatchObject({
      upstream: 'identity',
    })
    expect(http.requests.map(({ url }) => url)).toEqual([
      '/.well-known/openid-configuration',
      '/jwks',
      '/token',
    ])
  })

  test('is not followed by the feed of events', async () => {
    const { http } = await startRedirecting(status, true)
    const { signal } = backgroundContext(AbortSignal.timeout(5_000))
    const feed = sseFeed({ url: `${http.address}/events` })
    await expect(Array.fromAsync(feed.subscribe({ after: '7', signal }))).rejects.toThrow(
      `answered ${status}`,
    )
    expect(http.requests).toHaveLength(1)
  })
})

test('a proxy that the environment names is not taken', async () => {
  for (const name of ['grpc_proxy', 'http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'])
    vi.stubEnv(name, elsewhere)
  const { clients } = await startRedirecting(302, false)
  for (const { call, name } of ALL_CALLS)
    await expect(call(clients.forRequest(request())), name).rejects.toMatchObject({ name: 'UpstreamError' })
})

test('an absolute address in the place of a path is asked of the configured server', async () => {
  const upstream = await startUpstream((_, response) => response.end())
  const pool = openPool(upstream.address)
  onTestFinished(() => pool.close())
  for (const path of [`${elsewhere}/x`, `//${elsewhere.slice(7)}/x`])
    await (await pool.request({ method: 'GET', path })).body.dump()
  expect(upstream.requests.map(({ headers }) => headers.host)).toEqual([
    upstream.address.slice(7),
    upstream.address.slice(7),
  ])
})
