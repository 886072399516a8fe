import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { getAbsoluteFSPath } from 'swagger-ui-dist'
import { MUST_REVALIDATE, type StaticFile } from '../static/static-file.ts'

/** Files of swagger-ui for the reference, served from here: our pages load nothing from elsewhere. */
const ASSETS = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
} as const

/** Their paths stay the same when swagger-ui is updated. */
const ONE_DAY = 'public, max-age=86400'

const page = (title: string) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>`

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', tryItOutEnabled: true })`

/** Icons of swagger-ui are data URLs in its style sheet; nothing is inline, and the page submits no forms. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** By path: `/openapi.json`, and at `/docs` a page to read it and to try it. */
export const apiReference = ({
  title,
  document,
}: {
  title: string
  document: URL
}): Readonly<Record<string, StaticFile>> => ({
  '/openapi.json': {
    type: 'application/json',
    read: () => readFile(document),
    cacheControl: MUST_REVALIDATE,
  },
  '/docs': {
    type: 'text/html; charset=UTF-8',
    read: () => page(title),
    cacheControl: MUST_REVALIDATE,
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY },
  },
  '/docs/start.js': { type: 'text/javascript', read: () => START, cacheControl: MUST_REVALIDATE },
  ...Object.fromEntries(
    Object.entries(ASSETS).map(([file, type]) => [
      `/docs/${file}`,
      { type, read: () => readFile(join(getAbsoluteFSPath(), file)), cacheControl: ONE_DAY },
    ]),
  ),
})
