/** Fastify over undici's pools. */
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { callsOfHome, type HomeAnswers, homeView, KEPT, ready } from './duties.ts'
import { getByPool } from './pools.ts'

const app = Fastify()
app.get(KEPT.path, (request, reply) => {
  reply.header('etag', KEPT.etag).header('cache-control', KEPT.cacheControl)
  if (request.headers['if-none-match'] === KEPT.etag) return reply.code(304).send()
  return reply.type('application/json').send(KEPT.body)
})
app.get('/v1/home', async (request) => {
  const answers = await callsOfHome(request.headers.authorization, getByPool)
  return homeView(answers as HomeAnswers)
})
await app.listen({ port: 0, host: '127.0.0.1' })
ready((app.server.address() as AddressInfo).port)
