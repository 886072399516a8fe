import { once } from 'node:events'
import net from 'node:net'
import { startMockServices } from '@harbor/mock-services'
import { type Addresses, createClients } from '@harbor/shared-clients'
import { createTokenVerifier } from '@harbor/shared-runtime/auth'
import { expect, it, onTestFinished } from 'vitest'
import { appOver } from '../mobile.ts'

/** Passes bytes on to a service and counts those that come back. */
async function counting(address: string, count: (bytes: number) => void): Promise<string> {
  const { hostname, port } = new URL(address)
  const sockets = new Set<net.Socket>()
  const server = net.createServer((consumer) => {
    const service = net.connect(Number(port), hostname)
    for (const socket of [consumer, service]) sockets.add(socket.on('error', () => {}))
    service.on('data', (chunk) => count(chunk.length))
    consumer.pipe(service).pipe(consumer)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
}

it('checkout-summary is at most 6.8 KB for the app, and a sixth of what its upstreams say', async () => {
  const mocks = await startMockServices({ defaultFaults: false })
  const upstream = { bytes: 0 }
  const through = async ([name, address]: [string, string]) => [
    name,
    name === 'identity' ? address : await counting(address, (bytes) => (upstream.bytes += bytes)),
  ]
  const addresses: Addresses = Object.fromEntries(
    await Promise.all(Object.entries(mocks.services).map(through)),
  )
  const clients = createClients({ addresses, clientId: 'mobile-bff', clientSecret: 'mobile-bff-secret' })
  onTestFinished(async () => {
    await clients.close()
    await mocks.close()
  })
  const { identity: issuer } = mocks.services
  const verify = createTokenVerifier({ issuer, audience: 'mobile-bff', loadKeys: clients.identityKeys })
  const { app } = appOver({ clients, verify })
  const { mobileAccessToken, cartId } = await mocks.demo()
  const ask = async () => {
    upstream.bytes = 0
    const headers = { authorization: `Bearer ${mobileAccessToken}` }
    const answer = await app.request(`/v2/checkout-summary?cartId=${cartId}`, { headers })
    return { whole: answer.ok && !answer.headers.has('x-degraded'), text: await answer.text() }
  }
  // The first requests pay for connections, tokens and compilation.
  await expect.poll(async () => (await ask()).whole, { timeout: 10_000 }).toBe(true)
  const { whole, text } = await ask()
  expect(whole).toBe(true)
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(6.8 * 1024)
  expect(upstream.bytes / Buffer.byteLength(text)).toBeGreaterThanOrEqual(42 / 6.8)
  process.stdout.write(`checkout-summary: ${Buffer.byteLength(text)} bytes out of ${upstream.bytes}\n`)
})
