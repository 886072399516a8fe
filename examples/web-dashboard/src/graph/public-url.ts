import type { PersistedOperation } from '../gen/operations.ts'

/** The languages of the shop, as the URL names them; the first for who reads none of them. */
const LOCALES = ['en', 'de', 'fr', 'ja']

/** The language of the browser, as far as the shop speaks it. */
function locale(): string {
  const wanted = navigator.languages.map((tag) => tag.toLowerCase().split('-', 1).join())
  return wanted.find((language) => LOCALES.includes(language)) ?? 'en'
}

/**
 * The one URL under which browsers and caches on the way keep an answer that is the same for everybody: variables in
 * the order of the operation, without defaults. `undefined` for an operation that is not public.
 */
export function publicUrl<Data, Variables>(
  { hash, publicVariables }: PersistedOperation<Data, Variables>,
  variables: Variables,
): string | undefined {
  if (!publicVariables) return undefined
  const given = new Map(Object.entries(Object(variables)))
  const shown = publicVariables.flatMap(([name, preset]) => {
    const value = given.get(name) ?? null
    return value === null || value === preset ? [] : [[name, value] as const]
  })
  const query = new URLSearchParams({ documentId: `sha256:${hash}` })
  if (shown.length > 0) query.append('variables', JSON.stringify(Object.fromEntries(shown)))
  query.append('locale', locale())
  query.append('format', 'json')
  return `/graphql/public?${query}`
}
