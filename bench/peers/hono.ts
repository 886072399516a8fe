/** Bare Hono on its Node server, over undici's pools. */
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { callsOfHome, type HomeAnswers, homeView, KEPT, ready } from './duties.ts'
import { getByPool } from './pools.ts'

const app = new Hono()
app.get(KEPT.path, (c) => {
  const headers = { etag: KEPT.etag, 'cache-control': KEPT.cacheControl }
  if (c.req.header('if-none-match') === KEPT.etag) return c.body(null, 304, headers)
  return c.body(KEPT.body, 200, { ...headers, 'content-type': 'application/json' })
})
app.get('/v1/home', async (c) => {
  const answers = await callsOfHome(c.req.header('authorization'), getByPool)
  return c.json(homeView(answers as HomeAnswers))
})
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => ready(port))
