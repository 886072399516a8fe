import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bearer, type Tokens } from './auth.ts'
import { capped } from './body-cap.ts'
import type { Calls } from './calls.ts'
import { distort } from './fault-answers.ts'
import type { Faults } from './faults.ts'
import { Refusal, Reply, type Route, type Routes } from './routes.ts'
import { IMAGES_ORIGIN } from './seed/picture.ts'
import type { ServiceName } from './service-names.ts'

/** Longer than any client keeps an idle connection, so that the client is the one to close it. */
const KEEP_ALIVE_MS = 120_000

type Observed = { name: ServiceName; calls: Calls; faults: Faults }

/** An HTTP server for a listener that knows nothing of faults and counts: each call is noted, then goes wrong as planned. */
export function createHttpServer(
  { name, calls, faults }: Observed,
  patterns: readonly Pick<Route, 'method' | 'path'>[],
  listener: RequestListener,
): Server {
  const patternOf = matcher(patterns)

  const handle: RequestListener = async (req, res) => {
    const { method = 'GET', url = '/', headers } = req
    const end = calls.begin(name, patternOf(req), { method, path: url, headers })
    let cutByFault = false
    res.once('close', () => end(!res.writableFinished && !cutByFault))

    const plan = faults.plan(name)
    if (plan.delayMs > 0) await sleep(plan.delayMs)
    if (res.destroyed || plan.outcome === 'hang') return
    if (plan.outcome === 'error') {
      res.writeHead(503, { 'content-type': 'application/json' })
      res.end(JSON.stringify({ error: { code: 'UNAVAILABLE', message: 'try again later' } }))
      return
    }
    distort(res, plan, () => {
      cutByFault = true
    })
    listener(req, res)
  }
  const server = createServer(capped(handle))
  server.keepAliveTimeout = KEEP_ALIVE_MS
  return server
}

type RoutesOptions = {
  name: ServiceName
  routes: Routes
  tokens: Tokens
  /** Where consumers find the image service: the seed's addresses of pictures are answered with this origin. */
  imagesUrl: string
}

/** The listener of a service that is made of routes: verifies the token, finds the route, answers JSON. */
export function routesListener({ name, routes, tokens, imagesUrl }: RoutesOptions): RequestListener {
  const app = new Hono()
  app.onError((error, c) => {
    if (error instanceof Refusal)
      return c.json({ error: { code: error.code, message: error.message } }, error.status)
    console.error(`${name}:`, error)
    return c.json({ error: { code: 'INTERNAL', message: 'something went wrong' } }, 500)
  })
  app.notFound((c) => c.json({ error: { code: 'NOT_FOUND', message: 'no such route' } }, 404))

  for (const { method, path, handle } of routes)
    app.on(method, path.replace(/\{(\w+)\}/g, ':$1'), async (c) => {
      const caller = await tokens.verify(bearer(c.req.header('authorization')), name)
      if (!caller) throw new Refusal(401, 'UNAUTHENTICATED', `a token for the audience ${name} is needed`)
      const answer = await handle({
        params: c.req.param() as Record<string, string>,
        query: new URL(c.req.url).searchParams,
        body: method === 'GET' || method === 'DELETE' ? undefined : await jsonBody(c.req),
        caller,
        idempotencyKey: c.req.header('idempotency-key'),
        preconditions: {
          ifMatch: c.req.header('if-match'),
          ifNoneMatch: c.req.header('if-none-match'),
          ifUnmodifiedSince: c.req.header('if-unmodified-since'),
        },
      })
      const { status, body } = answer instanceof Reply ? answer : new Reply(200, answer)
      const json = JSON.stringify(body ?? null).replaceAll(IMAGES_ORIGIN, imagesUrl)
      return c.body(json, status, { 'content-type': 'application/json' })
    })
  return getRequestListener(app.fetch)
}

async function jsonBody(request: { text(): Promise<string> }): Promise<unknown> {
  const text = await request.text()
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new Refusal(400, 'INVALID_ARGUMENT', 'the body is not JSON')
  }
}

/** Finds the pattern of a request before anything handles it: refused and hanging calls are counted, too. */
function matcher(patterns: readonly Pick<Route, 'method' | 'path'>[]) {
  const compiled = patterns.map(({ method, path }) => ({ method, path, segments: path.split('/') }))
  return ({ method, url = '/' }: IncomingMessage) => {
    const asked = (url.split('?', 1)[0] ?? '').split('/')
    const fits = (segments: readonly string[]) =>
      segments.length === asked.length &&
      segments.every((segment, i) => (segment.startsWith('{') ? asked[i] !== '' : segment === asked[i]))
    const found = compiled.find((pattern) => pattern.method === method && fits(pattern.segments))
    return `${method} ${found?.path ?? '(unknown)'}`
  }
}
