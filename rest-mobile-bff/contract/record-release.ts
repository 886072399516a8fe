import type { Screen } from '@harbor/shared-edge/rest/screen'
import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { Document, routesOf } from './document.ts'
import { openApiDocument } from './openapi.ts'
import { record, recordExamples, withMobile } from './record.ts'
import { keepRelease, RELEASES } from './releases.ts'
import { showsRoute } from './replay.ts'

/**
 * Records what is served now as a release.
 * @returns the folder in which it is kept
 * @throws when a route could not be shown at work, or for a version that cannot be kept
 */
export async function recordRelease(
  version: string,
  screens: readonly Screen[] = SCREENS,
  folder = RELEASES,
): Promise<string> {
  const whole = openApiDocument(screens, ACTIONS, { version, examples: await recordExamples(screens) })
  const document = Document.parse(whole)
  const fixtures = await withMobile(screens, (ask) => record(document, ask))
  const unseen = routesOf(document).filter(({ name }) => !showsRoute(fixtures, name))
  if (unseen.length > 0)
    throw new Error(`no sample was answered well: ${unseen.map(({ name }) => name).join(', ')}`)
  await keepRelease({ version, document: whole, fixtures }, folder)
  return `${folder}${version}`
}
