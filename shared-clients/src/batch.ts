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
  const rows = await fetchRowsOf(keys, fetchRows, keyOf)
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** `fetchByKeys` where one key has many rows, which stay in the order in which the service gives them. */
export async function fetchGroups<Row>(
  keys: readonly string[],
  fetchRows: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<ReadonlyMap<string, Row[]>> {
  return Map.groupBy(await fetchRowsOf(keys, fetchRows, keyOf), keyOf)
}

/** The rows of these keys: every key asked for once, as many calls as it takes, nothing that was not asked for. */
export async function fetchRowsOf<Row>(
  keys: readonly string[],
  fetchRows: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Promise<Row[]> {
  const wanted = new Set(keys)
  const distinct = [...wanted]
  const pages: Promise<readonly Row[]>[] = []
  for (let start = 0; start < distinct.length; start += MAX_IDS)
    pages.push(fetchRows(distinct.slice(start, start + MAX_IDS)))
  return (await Promise.all(pages)).flat().filter((row) => wanted.has(keyOf(row)))
}
