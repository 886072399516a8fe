import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** A file as it is sent. */
type PageFile = { type: string; body: Uint8Array<ArrayBuffer> | string }

/** By path: `/app.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>

const PUBLIC = new URL('../public/', import.meta.url)
const WORKER = '/service-worker.js'

const TYPES = new Map<string, string>([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.webmanifest', 'application/manifest+json'],
])

/**
 * Everything of the page, in memory: the files of `public/` and the app as one module. The service worker begins
 * with a hash of all of them, so that a change of any file makes the browser install a new worker.
 */
export async function buildPage(): Promise<PageFiles> {
  const files = new Map<string, PageFile>()
  for (const name of (await readdir(PUBLIC)).sort())
    files.set(`/${name}`, {
      type: TYPES.get(extname(name)) ?? 'application/octet-stream',
      body: new Uint8Array(await readFile(new URL(name, PUBLIC))),
    })
  files.set('/app.js', { type: 'text/javascript; charset=utf-8', body: await bundle() })

  const worker = files.get(WORKER)
  if (!worker) throw new Error('public/service-worker.js is missing')
  const hash = createHash('sha256')
  for (const { body } of files.values()) hash.update(body)
  const version = `const VERSION = '${hash.digest('hex').slice(0, 16)}'\n`
  const text = typeof worker.body === 'string' ? worker.body : new TextDecoder().decode(worker.body)
  return files.set(WORKER, { ...worker, body: version + text })
}

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2024',
      lib: { entry: fileURLToPath(new URL('page/app.ts', import.meta.url)), formats: ['es'] },
    },
  })
  const [result] = [built].flat()
  const [chunk] = result && 'output' in result ? result.output : []
  if (chunk?.type !== 'chunk') throw new Error('page/app.ts: nothing was built')
  return chunk.code
}
