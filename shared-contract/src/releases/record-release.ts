import { join } from 'node:path'
import type { RestApi } from '../api.ts'
import { Document, routesOf } from '../openapi/document.ts'
import { openApiDocument } from '../openapi/openapi-document.ts'
import { asking, record, recordExamples } from './record.ts'
import { keepRelease, requireNewVersion } from './releases.ts'
import { showsRoute } from './replay.ts'

/**
 * Records what an API serves now as a release of it.
 * @returns the folder in which it is stored
 * @throws for a version that cannot be stored, before anything is recorded; for a route without a good sample
 */
export async function recordRelease(api: RestApi, version: string): Promise<string> {
  // Before the recording, which takes seconds.
  await requireNewVersion(version, api.releases)
  const whole = openApiDocument(api, { version, examples: await recordExamples(api) })
  const document = Document.parse(whole)
  const fixtures = await api.run((app) => record(document, asking(app), api.now))
  const unseen = routesOf(document).filter(({ name }) => !showsRoute(fixtures, name))
  if (unseen.length > 0)
    throw new Error(`no sample was answered well: ${unseen.map(({ name }) => name).join(', ')}`)
  await keepRelease({ version, document: whole, fixtures }, api.releases)
  return join(api.releases, version)
}
