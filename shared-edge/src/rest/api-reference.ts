import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { getAbsoluteFSPath } from 'swagger-ui-dist'

/** Files of swagger-ui that the reference needs, served from here: no page of ours loads from elsewhere. */
const ASSETS = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'favicon-32x32.png': 'image/png',
} as const

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

/** Icons of swagger-ui are data in its style sheet; nothing is inline, and the page sends no form anywhere. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** `/openapi.json`, and at `/docs` a page to read it and to try it. */
export function apiReference({ title, document }: { title: string; document: URL }): Hono {
  const app = new Hono()
  app.get('/openapi.json', async (c) =>
    c.body(await readFile(document), 200, { 'Content-Type': 'application/json' }),
  )
  app.get('/docs', (c) => {
    c.header('Content-Security-Policy', CONTENT_SECURITY_POLICY)
    return c.html(page(title))
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
