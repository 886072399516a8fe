import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { getAbsoluteFSPath } from 'swagger-ui-dist'
import { openApiDocument } from './openapi.ts'
import type { Screen } from './screen.ts'

/** Files of swagger-ui that the reference needs, served from here: no page of ours loads from elsewhere. */
const ASSETS = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
} as const

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Harbor mobile API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<div id="reference"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</html>`

const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', tryItOutEnabled: true })`

/** `/openapi.json`, and at `/docs` a page to read it and to try it. */
export function apiReference(screens: readonly Screen[]): Hono {
  const document = JSON.stringify(openApiDocument(screens))
  const app = new Hono()
  app.get('/openapi.json', (c) => c.body(document, 200, { 'Content-Type': 'application/json' }))
  app.get('/docs', (c) => {
    c.header(
      'Content-Security-Policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:",
    )
    return c.html(PAGE)
  })
  app.get('/docs/start.js', (c) => c.body(START, 200, { 'Content-Type': 'text/javascript' }))
  for (const [file, type] of Object.entries(ASSETS))
    app.get(`/docs/${file}`, async (c) =>
      c.body(await readFile(join(getAbsoluteFSPath(), file)), 200, {
        'Content-Type': type,
        'Cache-Control': 'public, max-age=86400',
      }),
    )
  return app
}
