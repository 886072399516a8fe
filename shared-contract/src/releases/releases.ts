import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Document } from '../openapi/document.ts'
import { corrected, Errata } from './errata.ts'
import type { Recorded } from './record.ts'

/** A contract as an app was shipped with it: the document, and what was answered to each sample. */
export type Release = {
  version: string
  /** With its errata. */
  document: Document
  /** The whole of it, as the app's developers get it. */
  source: unknown
  fixtures: Recorded[]
}

const VERSION = /^\d+\.\d+\.\d+$/

const Fixtures = z.array(
  z.object({
    route: z.string(),
    request: z.object({
      method: z.string(),
      path: z.string(),
      headers: z.record(z.string(), z.string()),
      as: z.enum(['customer', 'nobody']),
      body: z.unknown().optional(),
    }),
    answer: z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.unknown() }),
  }),
)

/** Every release that is stored in a folder, the oldest first. */
export async function keptReleases(folder: string): Promise<Release[]> {
  const names = await readdir(folder).catch(() => [])
  const versions = names.filter((name) => VERSION.test(name)).sort(byVersion)
  return Promise.all(
    versions.map(async (version) => {
      const read = async (name: string) => JSON.parse(await readFile(join(folder, version, name), 'utf8'))
      const errata = Errata.parse(await read('errata.json').catch(absent))
      const document = corrected(await read('openapi.json'), errata)
      return {
        version,
        document: Document.parse(document),
        source: document,
        fixtures: Fixtures.parse(await read('fixtures.json')),
      }
    }),
  )
}

/** No errata. */
function absent(error: NodeJS.ErrnoException): [] {
  if (error.code !== 'ENOENT') throw error
  return []
}

function byVersion(a: string, b: string): number {
  const [mine, theirs] = [a.split('.').map(Number), b.split('.').map(Number)]
  const place = mine.findIndex((number, i) => number !== theirs[i])
  return place === -1 ? 0 : (mine[place] ?? 0) - (theirs[place] ?? 0)
}

/** @throws for a version that is malformed, or not above those that are stored in the folder */
export async function requireNewVersion(version: string, folder: string): Promise<void> {
  if (!VERSION.test(version)) throw new Error(`given "${version}"; allowed: a version such as 1.4.0`)
  const newest = (await keptReleases(folder)).at(-1)
  if (newest && byVersion(version, newest.version) <= 0)
    throw new Error(`given ${version}; allowed: one above ${newest.version}, which is stored already`)
}

/**
 * Stores a release; what is stored does not change any more.
 * @param document the whole of it, as the app's developers get it
 * @throws as `requireNewVersion`
 */
export async function keepRelease(
  { version, document, fixtures }: { version: string; document: unknown; fixtures: readonly Recorded[] },
  folder: string,
): Promise<void> {
  await requireNewVersion(version, folder)
  const place = join(folder, version)
  await mkdir(place, { recursive: true })
  await writeFile(join(place, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`)
  await writeFile(join(place, 'fixtures.json'), `${JSON.stringify(fixtures, null, 2)}\n`)
}
