import { readFileSync } from 'node:fs'
import type { Context } from 'hono'

type File = { readonly type: string; readonly body: string }

/** The files of the dashboard by the path that they are served at. */
export type Page = ReadonlyMap<string, File>

const read = (name: string, type: string): File => ({
  type: `${type}; charset=utf-8`,
  body: readFileSync(new URL(`../public/${name}`, import.meta.url), 'utf8'),
})

/** Reads the dashboard's files, once. */
export const loadPage = (): Page =>
  new Map([
    ['/', read('index.html', 'text/html')],
    ['/app.js', read('app.js', 'text/javascript')],
    ['/style.css', read('style.css', 'text/css')],
  ])

/** Pictures come from the shop's image hosts; everything else is our own, and nothing is inline. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' https: data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

export const serveFile = (c: Context, { type, body }: File) =>
  c.body(body, 200, {
    'content-type': type,
    'cache-control': 'no-cache',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
  })
