import { existsSync, globSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import type { StaticFile } from '@harbor/shared-edge/static/file'
import { z } from 'zod'

/** A file that the build left, compressed by Brotli where that makes it smaller. */
export type PageFile = Pick<StaticFile, 'type' | 'read' | 'compressed'>

/** A built dashboard, in memory. */
export type Page = {
  /** The document that every address of the page is answered with. */
  readonly document: PageFile
  /** What the document loads, by path: scripts, styles, icons. */
  readonly assets: ReadonlyMap<string, PageFile>
  /** The addresses of the page, as `/products/:id`. */
  readonly addresses: readonly string[]
}

const TYPES = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
])

/** Written by the build of the dashboard. */
const Addresses = z.array(z.string().regex(/^\/$|^(?:\/:?[a-z-]+)+$/))

/**
 * Reads what the build of the dashboard wrote, once.
 * @param folder with `index.html`, `addresses.json` and the assets
 * @returns `undefined` when nothing was built there
 * @throws when a file has a type that is not served, or an address is malformed
 */
export function loadPage(folder: string): Page | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined
  const names = globSync('**/*.{html,js,css,svg}', { cwd: folder }).sort()
  const files = new Map(names.map((name) => [`/${name}`, readFile(folder, name)]))
  const document = files.get('/index.html')
  if (!document) throw new Error(`${folder}/index.html cannot be read`)
  files.delete('/index.html')
  const addresses: unknown = JSON.parse(readFileSync(join(folder, 'addresses.json'), 'utf8'))
  return { document, assets: files, addresses: Addresses.parse(addresses) }
}

function readFile(folder: string, name: string): PageFile {
  const bytes = readFileSync(join(folder, name))
  const compressed = join(folder, `${name}.br`)
  return {
    type: TYPES.get(extname(name)) ?? 'application/octet-stream',
    read: () => bytes,
    ...(existsSync(compressed) && { compressed: { br: readFileSync(compressed) } }),
  }
}
