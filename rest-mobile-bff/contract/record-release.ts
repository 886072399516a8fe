import type { Screen } from '@harbor/shared-edge/rest/screen'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { Document, routesOf } from './document.ts'
import { openApiDocument } from './openapi.ts'
import { record, recordExamples, withMobile } from './record.ts'
import { keepRelease, RELEASES, requireNewVersion } from './releases.ts'
import { showsRoute } from './replay.ts'

/**
 * Records what is served now as a release.
 * @returns the folder in which it is stored
 * @throws for a version that cannot be stored, before anything is recorded; for a route without a good sample
 */
export async function recordRelease(
  version: string,
  screens: readonly Screen[] = SCREENS,
  folder = RELEASES,
): Promise<string> {
  // Before the recording, which takes seconds.
  await requireNewVersion(version, folder)
  const whole = openApiDocument(screens, ACTIONS, { version, examples: await recordExamples(screens) })
  const document = Document.parse(whole)
  const fixtures = await withMobile(screens, (ask) => record(document, ask))
  const unseen = routesOf(document).filter(({ name }) => !showsRoute(fixtures, name))
  if (unseen.length > 0)
    throw new Error(`no sample was answered well: ${unseen.map(({ name }) => name).join(', ')}`)
  await keepRelease({ version, document: whole, fixtures }, folder)
  return `${folder}${version}`
}
