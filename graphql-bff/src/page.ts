import { readFileSync } from 'node:fs'
import type { Context } from 'hono'
import type { Route } from './route.ts'

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
    ...['app', 'api', 'dashboard', 'elements', 'session'].map(
      (name) => [`/${name}.js`, read(`${name}.js`, 'text/javascript')] as const,
    ),
    ['/style.css', read('style.css', 'text/css')],
  ])

/** Pictures come from the image service; everything else is our own, and nothing is inline. */
const contentSecurityPolicy = (imagesUrl: string) =>
  `default-src 'self'; img-src 'self' ${imagesUrl} data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`

/**
 * The page is navigated to, its parts are loaded by it; neither depends on the user.
 * @param imagesUrl the origin of the image service
 */
export const pageRoutes = (page: Page, imagesUrl: string): readonly Route[] =>
  [...page].map(([path, file]) => ({
    path,
    methods: ['GET', 'HEAD'],
    kind: path === '/' ? 'navigation' : 'asset',
    handle: (c) => serveFile(c, file, contentSecurityPolicy(imagesUrl)),
  }))

const serveFile = (c: Context, { type, body }: File, policy: string) =>
  c.body(body, 200, {
    'content-type': type,
    'cache-control': 'no-cache',
    'content-security-policy': policy,
  })
