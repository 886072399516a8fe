import { readdir, readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** A file as it is sent. */
type PageFile = { type: string; body: Uint8Array<ArrayBuffer> | string }

/** By path: `/app.js`. */
export type PageFiles = ReadonlyMap<string, PageFile>

const TYPES = new Map<string, string>([
  ['.css', 'text/css; charset=utf-8'],
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.png', 'image/png'],
  ['.svg', 'image/svg+xml'],
  ['.webmanifest', 'application/manifest+json'],
])

/**
 * The files of a small page, in memory: those of `folder`, and `entry` with what it imports as one module, `/app.js`.
 * Style sheets that it imports are `/app.css`.
 */
export async function buildPageFiles(folder: URL, entry: URL): Promise<Map<string, PageFile>> {
  const files = new Map<string, PageFile>()
  for (const name of (await readdir(folder)).sort())
    files.set(`/${name}`, {
      type: TYPES.get(extname(name)) ?? 'application/octet-stream',
      body: new Uint8Array(await readFile(new URL(name, folder))),
    })
  for (const [name, body] of await bundle(fileURLToPath(entry)))
    files.set(name, { type: TYPES.get(extname(name)) ?? '', body })
  return files
}

async function bundle(entry: string): Promise<(readonly [name: string, body: string])[]> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    // What libraries choose by it would ask for `process`, which no browser has.
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, target: 'es2024', lib: { entry, formats: ['es'], cssFileName: 'app' } },
  })
  const [result] = [built].flat()
  const output = result && 'output' in result ? result.output : []
  if (output.length === 0) throw new Error(`${entry}: nothing was built`)
  return output.map((file) =>
    file.type === 'chunk'
      ? (['/app.js', file.code] as const)
      : ([`/${file.fileName}`, String(file.source)] as const),
  )
}
