import { readFileSync } from 'node:fs'
import { type Context, Hono } from 'hono'
import type { RequestRecord } from '../traces/record.ts'
import type { Recorder } from '../traces/recorder.ts'
import { explained, listed } from './explained.ts'
import { listPage, tracePage } from './page.ts'

const STYLE = readFileSync(new URL('./style.css', import.meta.url), 'utf8')
const SECURITY = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
}
const MAX_LISTED = 200

/** `/explain` and `/explain/{traceId}` of the management port: JSON, or a page for a browser. */
export function explainRoutes(name: string, recorder: Recorder): Hono {
  const routes = new Hono()
  routes.get('/explain/style.css', (c) =>
    c.body(STYLE, 200, { ...SECURITY, 'Content-Type': 'text/css; charset=utf-8' }),
  )
  routes.get('/explain', (c) => {
    const matches = filterOf(c)
    const requests = recorder.records().filter(matches).slice(0, MAX_LISTED).map(listed)
    return wantsHtml(c)
      ? c.html(listPage(name, requests), 200, SECURITY)
      : c.json({ requests }, 200, SECURITY)
  })
  routes.get('/explain/:traceId', (c) => {
    const { traceId } = c.req.param()
    const requests = recorder.byTrace(traceId).map(explained)
    if (requests.length === 0)
      return c.json(
        {
          error:
            'no request of this trace is held: the newest 500 are, and the newest 200 of each kind that went wrong',
        },
        404,
        SECURITY,
      )
    return wantsHtml(c)
      ? c.html(tracePage(traceId, requests), 200, SECURITY)
      : c.json({ requests }, 200, SECURITY)
  })
  for (const path of ['/explain', '/explain/*'])
    routes.all(path, (c) => c.body(null, 405, { Allow: 'GET, HEAD' }))
  return routes
}

/** By `name` (a screen, an action, an operation), `kept` (error, degraded, slow, shed) and `status`. */
function filterOf(c: Context): (record: RequestRecord) => boolean {
  const { name, kept, status } = c.req.query()
  return ({ facts, kept: reason }) =>
    (name === undefined || facts.name === name) &&
    (kept === undefined || reason === kept) &&
    (status === undefined || String(facts.status) === status)
}

const wantsHtml = (c: Context): boolean => c.req.header('accept')?.includes('text/html') ?? false
