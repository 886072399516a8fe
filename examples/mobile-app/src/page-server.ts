import { securityHeaders } from '@harbor/shared-edge/security-headers'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { proxy } from 'hono/proxy'
import type { PageFiles } from './build-page.ts'

type Options = {
  files: PageFiles
  /** Addresses without a path. */
  mobileBff: string
  identity: string
  /** The image service, as the browser knows it. */
  images: string
}

/** Nothing inline, and nothing from another origin but pictures of the image service. */
const pagePolicy = (images: string) =>
  `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' ${images}; connect-src 'self'; ` +
  "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** What the app says to the BFF, and all that is passed on: no cookie of this origin, no address of a proxy. */
const PASSED_ON = [
  'accept',
  'accept-language',
  'app-version',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
]

const MAX_BODY_BYTES = 16_384

/**
 * The page and, on the same origin, what it talks to: neither the BFF nor identity lets a page of another origin
 * read its answers. It adds no credential; a native app talks to both directly.
 */
export function createPageServer({ files, mobileBff, identity, images }: Options) {
  const app = new Hono()
  app.use(securityHeaders({ https: false }), bodyLimit({ maxSize: MAX_BODY_BYTES }))

  const passOn = (to: string) => async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const headers = new Headers()
    for (const name of PASSED_ON) {
      const value = request.headers.get(name)
      if (value !== null) headers.set(name, value)
    }
    const { method, signal } = request
    const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer()
    return proxy(to + pathname + search, { method, headers, body, signal, redirect: 'manual' }).catch(() =>
      Response.json({ code: 'UNREACHABLE', retryable: true }, { status: 502, headers: PROBLEM }),
    )
  }
  const toBff = passOn(mobileBff)
  const toIdentity = passOn(identity)

  app.all('/v1/*', (c) => toBff(c.req.raw))
  app.all('/v2/*', (c) => toBff(c.req.raw))
  app.post('/token', (c) => toIdentity(c.req.raw))
  app.post('/token/revocation', (c) => toIdentity(c.req.raw))
  // The user's password is given to identity itself, on its own page.
  app.get('/auth', (c) => c.redirect(`${identity}/auth${new URL(c.req.url).search}`))

  app.get('*', (c) => {
    // Log-in comes back to /callback, with what the page needs in the query.
    const path = ['/', '/callback'].includes(c.req.path) ? '/index.html' : c.req.path
    const file = files.get(path)
    if (!file) return c.notFound()
    const { type, body } = file
    return c.body(body, 200, {
      'content-type': type,
      // Whatever was kept is asked about: a page and a script of two versions do not fit.
      'cache-control': 'no-cache',
      'content-security-policy': pagePolicy(images),
    })
  })
  return app
}

const PROBLEM = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
