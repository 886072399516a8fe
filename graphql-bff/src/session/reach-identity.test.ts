import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { reachIdentity, unreachable } from './reach-identity.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections()
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const answering = (status: number, headers = {}) =>
  serve((_, res) => void res.writeHead(status, headers).end())

it('calls the issuer, and returns answers of the service unchanged', async () => {
  for (const status of [200, 400, 401]) {
    const issuer = await answering(status)
    expect((await reachIdentity(issuer)(`${issuer}/token`, {})).status).toBe(status)
  }
})

it('calls no other origin, whatever the metadata say, and follows no redirect', async () => {
  let reached = 0
  const elsewhere = await serve((_, res) => {
    reached++
    res.end()
  })
  const issuer = await answering(302, { location: elsewhere })
  const reach = reachIdentity(issuer)
  for (const url of [
    elsewhere,
    issuer.replace('http:', 'https:'),
    `${issuer.replace('127.0.0.1', 'localhost')}/`,
  ])
    await expect(reach(url, {})).rejects.toMatchObject({ upstream: 'identity', code: 'rejected' })
  expect((await reach(issuer, {})).status).toBe(302)
  expect(reached).toBe(0)
})

it.each([429, 500, 503])('status %i: the request had no effect', async (status) => {
  const issuer = await answering(status)
  await expect(reachIdentity(issuer)(issuer, {})).rejects.toMatchObject({ code: 'unavailable' })
})

it('no connection: the request had no effect', async () => {
  const issuer = await answering(200)
  const server = servers.splice(0)[0]
  server?.close()
  await expect(reachIdentity(issuer)(issuer, {})).rejects.toMatchObject({ code: 'unavailable' })
})

it('no answer, or a partial one: the effect is unknown', async () => {
  const silent = await serve(() => {})
  const signal = AbortSignal.timeout(50)
  await expect(reachIdentity(silent)(silent, { signal })).rejects.toMatchObject({ code: 'timeout' })
  const cutting = await serve((_, res) => void res.destroy())
  await expect(reachIdentity(cutting)(cutting, {})).rejects.toMatchObject({ code: 'timeout' })
})

it('is found under any number of wrapping errors', () => {
  const error = Object.assign(new Error('outer'), { cause: new Error('inner') })
  expect(unreachable(error)).toBeUndefined()
  expect(unreachable('text')).toBeUndefined()
})
