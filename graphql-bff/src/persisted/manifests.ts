import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '@harbor/shared-runtime/part'
import { z } from 'zod'

/** The documents of one build of the dashboard, by the sha256 of the document in hex. */
type Manifest = Readonly<Record<string, string>>

/** The manifests that are live at once, by the version of the dashboard; the newest version last. */
export type Manifests = ReadonlyMap<string, Manifest>

/** Where the repository keeps them: one file for each version of the dashboard. */
export const MANIFESTS_FOLDER = fileURLToPath(new URL('../../manifests', import.meta.url))

/** A document, with what the build of the dashboard knows of it; other tools write the document alone. */
const Entry = z.union([
  z.string(),
  z
    .strictObject({ document: z.string(), calls: z.record(z.string(), z.int()), cacheControl: z.string() })
    .transform(({ document }) => document),
])
const ManifestFile = z.record(z.string().regex(/^[0-9a-f]{64}$/), Entry)
const VERSION = /^[\w.-]{1,64}$/
const { compare } = new Intl.Collator('en', { numeric: true })

/**
 * Reads every `<version>.json` of a folder. A file there keeps the open tabs of that version working; whoever deletes
 * it retires the version.
 * @throws {StartError} when there is no manifest, or one cannot be read
 */
export function readManifests(folder: string): Manifests {
  const versions = filesOf(folder).map((file) => basename(file, '.json'))
  const odd = versions.find((version) => !VERSION.test(version))
  if (odd !== undefined)
    throw new StartError(
      `${folder}: "${odd}.json" names no version. Allowed: up to 64 letters, digits, ".", "-" and "_".`,
    )
  if (versions.length === 0) throw new StartError(`${folder} holds no manifest (<version>.json).`)
  return new Map(
    versions.sort(compare).map((version) => [version, readManifest(join(folder, `${version}.json`))]),
  )
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'))
  } catch (cause) {
    throw new StartError(`OPERATIONS_FOLDER: ${folder} cannot be read: ${messageOf(cause)}`, { cause })
  }
}

function readManifest(file: string): Manifest {
  try {
    return ManifestFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : messageOf(cause)
    throw new StartError(`${file} is no manifest of sha256 and document: ${reason}`, { cause })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
