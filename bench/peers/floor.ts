/** The floor: `node:http` and undici, written by hand, with nothing that a request could do without. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { callsOfHome, type HomeAnswers, homeView, KEPT, ready } from './duties.ts'
import { getByPool } from './pools.ts'

const body = Buffer.from(KEPT.body)

const server = createServer(async (request, response) => {
  if (request.url === KEPT.path) {
    const headers = { etag: KEPT.etag, 'cache-control': KEPT.cacheControl }
    if (request.headers['if-none-match'] === KEPT.etag) response.writeHead(304, headers).end()
    else
      response
        .writeHead(200, { ...headers, 'content-type': 'application/json', 'content-length': body.length })
        .end(body)
    return
  }
  if (request.url !== '/v1/home') return void response.writeHead(404).end()
  const answers = await callsOfHome(request.headers.authorization, getByPool)
  const home = Buffer.from(JSON.stringify(homeView(answers as HomeAnswers)))
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': home.length }).end(home)
})
server.keepAliveTimeout = 65_000
server.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port))
