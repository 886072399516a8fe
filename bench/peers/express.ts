/** Express and fetch: what many teams run. Its own ETags are on, as they come. */
import type { AddressInfo } from 'node:net'
import express from 'express'
import { ADDRESSES, callsOfHome, type Get, type HomeAnswers, homeView, KEPT, ready } from './duties.ts'

const getByFetch: Get = async (service, path, token) => {
  const answer = await fetch(ADDRESSES[service] + path, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(`${service}: status ${answer.status}`)
  return answer.json()
}

const kept: unknown = JSON.parse(KEPT.body)
const app = express()
app.get(KEPT.path, (_, response) => {
  response.set('cache-control', KEPT.cacheControl).set('etag', KEPT.etag).json(kept)
})
app.get('/v1/home', async (request, response) => {
  const answers = await callsOfHome(request.headers.authorization, getByFetch)
  response.json(homeView(answers as HomeAnswers))
})
const server = app.listen(0, '127.0.0.1', () => ready((server.address() as AddressInfo).port))
server.keepAliveTimeout = 65_000
