import { UpstreamError } from '@harbor/shared-runtime/errors'
import { Rows } from '@harbor/shared-runtime/rows'
import type { Keyed } from './parsed-rows.ts'

/** Ids that a domain service takes in one call. */
const MAX_IDS = 100

type FetchRows<Row> = (keys: readonly string[]) => Promise<readonly Keyed<Row>[]>

/**
 * Fetches rows by key in as few calls as the services allow, and joins them by key, never by position:
 * services answer in any order and leave out what they do not know.
 *
 * @returns exactly the rows that exist, of those asked for; a malformed row is broken for its key alone
 */
export async function fetchByKeys<Row>(
  keys: readonly string[],
  fetchRows: FetchRows<Row>,
): Promise<Rows<Row>> {
  const groups = await fetchGroups(keys, fetchRows)
  const rows = new Rows<Row>()
  for (const [key, error] of groups.broken) rows.broken.set(key, error)
  for (const [key, [row]] of groups) if (row !== undefined) rows.set(key, row)
  return rows
}

/**
 * `fetchByKeys` where one key has many rows, which stay in the order in which the service gives them. A key is
 * broken when one of its rows is.
 */
export async function fetchGroups<Row>(
  keys: readonly string[],
  fetchRows: FetchRows<Row>,
): Promise<Rows<Row[]>> {
  const distinct = [...new Set(keys)]
  const pages: Promise<Rows<Row[]>>[] = []
  for (let start = 0; start < distinct.length; start += MAX_IDS) {
    const page = distinct.slice(start, start + MAX_IDS)
    pages.push(fetchRows(page).then((rows) => grouped(page, rows)))
  }
  const all = new Rows<Row[]>()
  for (const page of await Promise.all(pages)) {
    for (const [key, group] of page) all.set(key, group)
    for (const [key, error] of page.broken) all.broken.set(key, error)
  }
  return all
}

/** The rows of one call by their keys; those of other keys are dropped. */
function grouped<Row>(keys: readonly string[], rows: readonly Keyed<Row>[]): Rows<Row[]> {
  const groups = new Rows<Row[]>()
  const wanted = new Set(keys)
  let keyless: UpstreamError | undefined
  for (const { key, row } of rows) {
    if (key === undefined) {
      if (row instanceof UpstreamError) keyless = row
    } else if (!wanted.has(key)) continue
    else if (row instanceof UpstreamError) groups.broken.set(key, row)
    else {
      const group = groups.get(key)
      if (group) group.push(row)
      else groups.set(key, [row])
    }
  }
  for (const key of groups.broken.keys()) groups.delete(key)
  // A row without a key may belong to any key that has no row, so none of them is known not to exist.
  if (keyless)
    for (const key of wanted) if (!groups.has(key)) groups.broken.set(key, groups.broken.get(key) ?? keyless)
  return groups
}
