/** Ids that a domain service takes in one call. */
const MAX_IDS = 100

/**
 * Fetches rows by key in as few calls as the services allow, and joins them by key, never by position:
 * services answer in any order and leave out what they do not know.
 *
 * @returns a map that holds exactly the rows that exist, of those asked for
 */
export async function fetchByKeys<Row>(
  keys: readonly string[],
  fetchRows: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<ReadonlyMap<string, Row>> {
  const wanted = new Set(keys)
  const distinct = [...wanted]
  const pages: Promise<readonly Row[]>[] = []
  for (let start = 0; start < distinct.length; start += MAX_IDS)
    pages.push(fetchRows(distinct.slice(start, start + MAX_IDS)))
  const rows = (await Promise.all(pages)).flat()
  return new Map(rows.map((row) => [keyOf(row), row] as const).filter(([key]) => wanted.has(key)))
}
