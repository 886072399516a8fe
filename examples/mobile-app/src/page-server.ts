import { problemResponse } from '@harbor/shared-edge/http/problem-response'
import { readTextBody } from '@harbor/shared-edge/limits/read-body'
import { securityHeaders } from '@harbor/shared-edge/security-headers'
import { STATIC_METHODS, staticAnswer } from '@harbor/shared-edge/static'
import { MUST_REVALIDATE } from '@harbor/shared-edge/static/file'
import { ProblemError, toProblem } from '@harbor/shared-runtime/problems'
import { continueTrace } from '@harbor/shared-runtime/trace'
import { type Context, Hono } from 'hono'
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

/** The headers that are passed on to the BFF: no cookie of this origin, no address of a proxy. */
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

/** Log-in comes back to `/callback`, with what the page needs in the query. */
const INDEX_PATHS = ['/', '/callback', '/index.html']

/**
 * The page and, on the same origin, the APIs that it calls: neither the BFF nor identity lets a page of another
 * origin read its answers. It adds no credential; a native app calls both directly.
 */
export function createPageServer({ files, mobileBff, identity, images }: Options) {
  const app = new Hono()
  app.use(securityHeaders({ https: false }))
  app.onError((error, c) => problem(c, toProblem(error)))

  const passOn = (to: string) => async (request: Request) => {
    const { pathname, search } = new URL(request.url)
    const headers = new Headers()
    for (const name of PASSED_ON) {
      const value = request.headers.get(name)
      if (value !== null) headers.set(name, value)
    }
    const { method, signal } = request
    const body = method === 'GET' || method === 'HEAD' ? null : await readTextBody(request, MAX_BODY_BYTES)
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

  const headers = { 'Content-Security-Policy': pagePolicy(images) }
  for (const [name, { type, body }] of files) {
    // The service worker decides what is stored: a page and a script of two versions do not fit together.
    const answer = staticAnswer({ type, read: () => body, cacheControl: MUST_REVALIDATE, headers })
    for (const path of name === '/index.html' ? INDEX_PATHS : [name]) {
      app.get(path, answer)
      app.all(path, (c) =>
        problem(c, new ProblemError('METHOD_NOT_ALLOWED'), { Allow: STATIC_METHODS.join(', ') }),
      )
    }
  }
  return app
}

const PROBLEM = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }

const problem = (c: Context, error: ProblemError, headers: Record<string, string> = {}) =>
  problemResponse(error, continueTrace(c.req.header('traceparent')).traceId, headers)
