import type { PageFiles } from '@harbor/example-mobile-app/page-files'
import { problemResponse } from '@harbor/shared-edge/http/problem-response'
import { readTextBody } from '@harbor/shared-edge/limits/read-body'
import { securityHeaders } from '@harbor/shared-edge/security-headers'
import { staticAnswer } from '@harbor/shared-edge/static'
import { MUST_REVALIDATE } from '@harbor/shared-edge/static/file'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { createCuts } from './cuts/measure.ts'
import type { Loss } from './room/losses.ts'
import type { Room } from './room/room-part.ts'

type Options = {
  files: PageFiles
  /** Addresses of the BFFs, and of the control port of the mock services. */
  web: string
  mobile: string
  coapPort: number
  control: string
  losses: readonly Loss[]
  room: Room
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const MAX_BODY_BYTES = 1_024
const HEARTBEAT_MS = 15_000

const Stock = z.strictObject({ available: z.int().min(0).max(1_000_000) })

/**
 * The console: a page, and what it asks of this origin. It changes stock and faults of the mock services, so it is for
 * the demo: it has no log-in. Writes need the header `X-CSRF`, which no page of another origin can send.
 */
export function createConsole({ files, losses, room, control, ...faces }: Options) {
  const app = new Hono()
  const cuts = createCuts({ ...faces, control })
  app.use(securityHeaders({ https: false }))
  app.onError((error, c) => problem(c, toProblem(error)))
  app.notFound((c) => problem(c, new ProblemError('NOT_FOUND')))
  app.use('/api/*', async (c, next) => {
    if (c.req.method !== 'GET' && c.req.header('x-csrf') !== '1')
      throw new ProblemError('FORBIDDEN', 'X-CSRF: given nothing; needed with every write, with the value 1.')
    await next()
  })

  app.get('/api/cuts', async (c) => c.json(await cuts.measure(), 200, NO_STORE))
  app.put('/api/stock', async (c) => {
    const stock = Stock.safeParse(await bodyOf(c))
    if (!stock.success) throw new ProblemError('INVALID_REQUEST', z.prettifyError(stock.error))
    await cuts.setStock(stock.data.available)
    return c.body(null, 204)
  })

  app.get('/api/losses', (c) => c.json(losses, 200, NO_STORE))
  app.get('/api/faults', (c) => passOn(c, 'GET'))
  app.put('/api/faults/:service', (c) => passOn(c, 'PUT'))
  app.delete('/api/faults/:service', (c) => passOn(c, 'DELETE'))
  app.get('/api/room', (c) =>
    streamSSE(c, async (stream) => {
      // The newest snapshot takes the place of one that could not be written yet.
      let newest: unknown
      let wake = () => {}
      const unfollow = room.follow((snapshot) => {
        newest = snapshot
        wake()
      })
      stream.onAbort(() => {
        unfollow()
        wake()
      })
      await stream.writeSSE({ event: 'history', data: JSON.stringify(room.history()) })
      while (!stream.aborted) {
        if (newest === undefined) {
          const timeout = setTimeout(() => wake(), HEARTBEAT_MS)
          await new Promise<void>((resolve) => (wake = resolve))
          clearTimeout(timeout)
        }
        const snapshot = newest
        newest = undefined
        if (snapshot === undefined) await stream.write(': heartbeat\n\n')
        else await stream.writeSSE({ event: 'snapshot', data: JSON.stringify(snapshot) })
      }
    }),
  )

  for (const [name, { type, body }] of files) {
    const headers = { 'Content-Security-Policy': POLICY }
    const answer = staticAnswer({ type, read: () => body, cacheControl: MUST_REVALIDATE, headers })
    app.get(name === '/index.html' ? '/' : name, answer)
  }
  return app

  /** Faults are those of the control port, which checks them. */
  async function passOn(c: Context, method: string): Promise<Response> {
    const service = c.req.param('service')
    const answer = await fetch(`${control}/faults${service ? `/${encodeURIComponent(service)}` : ''}`, {
      method,
      ...(method === 'PUT' && {
        body: await readTextBody(c.req.raw, MAX_BODY_BYTES),
        headers: { 'content-type': 'application/json' },
      }),
    })
    return new Response(await answer.text(), {
      status: answer.status,
      headers: { ...NO_STORE, 'Content-Type': 'application/json' },
    })
  }
}

const NO_STORE = { 'Cache-Control': 'no-store' }

const bodyOf = async (c: Context): Promise<unknown> => {
  try {
    return JSON.parse(await readTextBody(c.req.raw, MAX_BODY_BYTES))
  } catch (error) {
    if (error instanceof ProblemError) throw error
    return undefined
  }
}

const problem = (c: Context, error: ProblemError) =>
  problemResponse(error, continueTrace(c.req.header('traceparent')).traceId)
