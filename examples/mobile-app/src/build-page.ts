import { createHash } from 'node:crypto'
import { buildPageFiles, type PageFiles } from './page-files.ts'

export type { PageFiles } from './page-files.ts'

const WORKER = '/service-worker.js'

/**
 * Everything of the page, in memory: the files of `public/` and the app as one module. The service worker begins
 * with a hash of all of them, so that a change of any file makes the browser install a new worker.
 */
export async function buildPage(): Promise<PageFiles> {
  const files = await buildPageFiles(
    new URL('../public/', import.meta.url),
    new URL('page/app.ts', import.meta.url),
  )
  const worker = files.get(WORKER)
  if (!worker) throw new Error('public/service-worker.js is missing')
  const hash = createHash('sha256')
  for (const { body } of files.values()) hash.update(body)
  const version = `const VERSION = '${hash.digest('hex').slice(0, 16)}'\n`
  const text = typeof worker.body === 'string' ? worker.body : new TextDecoder().decode(worker.body)
  return files.set(WORKER, { ...worker, body: version + text })
}
