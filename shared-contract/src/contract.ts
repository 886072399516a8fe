import type { RestApi } from './api.ts'
import { incompatibilities } from './compatibility/compatibility.ts'
import { unraisedVersions } from './compatibility/schema-version.ts'
import { openApiDocument } from './openapi/openapi-document.ts'
import { documentOf, recordExamples } from './releases/record.ts'
import { keptReleases } from './releases/releases.ts'
import { exampleFaults, fixtureFaults, lintFaults } from './verify.ts'

/** The document of an API, with an example of each answer, as its file holds it. */
export const documentFile = async (api: RestApi): Promise<string> =>
  `${JSON.stringify(openApiDocument(api, { examples: await recordExamples(api) }), null, 2)}\n`

/**
 * What is wrong with the document, and with that of each release: by a public validator, by the recorded answers, and
 * by asking the server's own schemas about every example.
 */
export async function documentFaults(api: RestApi): Promise<string[]> {
  const releases = await keptReleases(api.releases)
  const documents = [
    {
      name: 'openapi',
      source: openApiDocument(api, { examples: await recordExamples(api) }),
    },
    ...releases.map(({ version, source }) => ({ name: version, source })),
  ]
  const linted = await Promise.all(documents.map(({ name, source }) => lintFaults(name, source)))
  return [
    ...linted.flat(),
    ...documents.flatMap(({ name, source }) => exampleFaults(name, source, api.screens, api.actions)),
    ...releases.flatMap(fixtureFaults),
  ]
}

/**
 * What an app of the newest kept release would break on, one message each: what has changed, why it breaks, and
 * what to do instead.
 * @param today YYYY-MM-DD
 */
export async function brokenContracts(api: RestApi, today: string): Promise<string[]> {
  const newest = (await keptReleases(api.releases)).at(-1)
  if (!newest) return []
  const current = documentOf(api)
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
