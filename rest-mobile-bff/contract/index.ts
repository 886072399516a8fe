import { ACTIONS } from '../src/actions/index.ts'
import { SCREENS } from '../src/screens/index.ts'
import { screensPage } from '../test/screens-page.ts'
import { incompatibilities } from './compatibility.ts'
import { openApiDocument } from './openapi.ts'
import { documentOf, recordExamples } from './record.ts'
import { keptReleases } from './releases.ts'
import { unraisedVersions } from './schema-version.ts'
import { exampleFaults, fixtureFaults, lintFaults } from './verify.ts'

/** The files that are generated from this package, by their path from the repository's root. */
export const contracts = async (): Promise<Record<string, string>> => {
  const examples = await recordExamples(SCREENS)
  return {
    'docs/screens.md': await screensPage(),
    'rest-mobile-bff/openapi.json': `${JSON.stringify(openApiDocument(SCREENS, ACTIONS, { examples }), null, 2)}\n`,
  }
}

/**
 * What is wrong with the document, and with that of each release: by a public validator, by the recorded answers, and
 * by asking the server's own schemas about every example.
 */
export async function documentFaults(): Promise<string[]> {
  const documents = [
    {
      name: 'openapi',
      source: openApiDocument(SCREENS, ACTIONS, { examples: await recordExamples(SCREENS) }),
    },
    ...(await keptReleases()).map(({ version, source }) => ({ name: version, source })),
  ]
  const linted = await Promise.all(documents.map(({ name, source }) => lintFaults(name, source)))
  return [
    ...linted.flat(),
    ...documents.flatMap(({ name, source }) => exampleFaults(name, source, SCREENS, ACTIONS)),
    ...(await keptReleases()).flatMap(fixtureFaults),
  ]
}

/**
 * What an app of the newest kept release would break on, one message each: what has changed, why it breaks, and
 * what to do instead.
 * @param today YYYY-MM-DD
 */
export async function brokenContracts(today: string): Promise<string[]> {
  const newest = (await keptReleases()).at(-1)
  if (!newest) return []
  const current = documentOf(SCREENS)
  const broken = incompatibilities(newest.document, current, today)
  // A route that is broken needs another path; a higher version would not mend it.
  const unraised = unraisedVersions(newest.document, current).filter(
    ({ route }) => !broken.some((other) => other.route === route),
  )
  return [...broken, ...unraised].map(
    ({ route, change, why, instead }) =>
      `${route} (since release ${newest.version}): ${change}.\n  ${why}\n  ${instead}`,
  )
}
