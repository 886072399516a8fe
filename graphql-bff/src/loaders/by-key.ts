import { isNotFound } from '@harbor/shared-runtime/errors'
import DataLoader from 'dataloader'

/** Keys that every domain service takes in one call. */
const MAX_KEYS = 100

/**
 * Loads rows by key: those asked for in the same turn by one upstream call, each key once an operation.
 * A key that the upstream does not know is `null`.
 */
export const byKey = <Row>(fetchRows: (keys: readonly string[]) => Promise<ReadonlyMap<string, Row>>) =>
  new DataLoader<string, Row | null>(
    async (keys) => {
      const rows = await fetchRows(keys)
      return keys.map((key) => rows.get(key) ?? null)
    },
    { maxBatchSize: MAX_KEYS },
  )

/** For an upstream that has no batch: one call a key, each key once an operation, `null` for "not found". */
export const oneByOne = <Row>(fetchRow: (key: string) => Promise<Row>) =>
  new DataLoader<string, Row | null>(
    (keys) => Promise.all(keys.map((key) => fetchRow(key).catch(notFoundIsNull))),
    { batch: false },
  )

/** A loader for each distinct number of rows: `latestReviews(3).load(id)`. */
export function byLimit<Loader>(make: (limit: number) => Loader): (limit: number) => Loader {
  const made = new Map<number, Loader>()
  return (limit) => {
    let loader = made.get(limit)
    if (loader === undefined) made.set(limit, (loader = make(limit)))
    return loader
  }
}

function notFoundIsNull(error: unknown): null {
  if (isNotFound(error)) return null
  throw error
}
