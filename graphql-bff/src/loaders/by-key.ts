import { isNotFound } from '@harbor/shared-runtime/errors'
import type { Rows } from '@harbor/shared-runtime/rows'
import DataLoader from 'dataloader'

/** Keys that every domain service takes in one call. */
const MAX_KEYS = 100

/**
 * Loads rows by key: those asked for in the same turn by one upstream call, each key once an operation.
 * A key that the upstream does not know is `null`; a malformed row is the error of its key alone.
 */
export const byKey = <Row>(fetchRows: (keys: readonly string[]) => Promise<Rows<Row>>) =>
  new DataLoader<string, Row | null>(
    async (keys) => {
      const rows = await fetchRows(keys)
      return keys.map((key) => rows.broken.get(key) ?? rows.get(key) ?? null)
    },
    { maxBatchSize: MAX_KEYS },
  )

/** A key, and how many of its rows are asked for. */
export type Limited = { readonly key: string; readonly limit: number }

/**
 * `byKey` for what has a length: one call for the greatest length that is asked for in the same turn, of which each
 * field gets its own with `firstOf`. `reviews(first: 1)` beside `reviews(first: 15)` is one call.
 */
export const byKeyAndLimit = <Row>(
  fetchRows: (keys: readonly string[], limit: number) => Promise<Rows<Row>>,
  firstOf: (row: Row, limit: number) => Row,
) =>
  new DataLoader<Limited, Row | null, string>(
    async (asked) => {
      const keys = [...new Set(asked.map(({ key }) => key))]
      const rows = await fetchRows(keys, greatest(asked))
      return asked.map(({ key, limit }) => {
        const row = rows.get(key)
        return rows.broken.get(key) ?? (row === undefined ? null : firstOf(row, limit))
      })
    },
    { cacheKeyFn: ({ key, limit }) => `${limit} ${key}` },
  )

/** For an upstream that has no batch: one call a key, each key once an operation, `null` for "not found". */
export const oneByOne = <Row>(fetchRow: (key: string) => Promise<Row>) =>
  new DataLoader<string, Row | null>(
    (keys) => Promise.all(keys.map((key) => fetchRow(key).catch(notFoundIsNull))),
    { batch: false },
  )

/** `oneByOne` for what has a length: one call a key, for the greatest length that is asked for in the same turn. */
export const oneByOneWithLimit = <Row>(
  fetchRow: (key: string, limit: number) => Promise<Row>,
  firstOf: (row: Row, limit: number) => Row,
) =>
  new DataLoader<Limited, Row | null, string>(
    (asked) => {
      const calls = new Map<string, Promise<Row | null>>()
      for (const [key, some] of Map.groupBy(asked, ({ key }) => key))
        calls.set(key, fetchRow(key, greatest(some)).catch(notFoundIsNull))
      return Promise.all(
        asked.map(async ({ key, limit }) => {
          const row = await calls.get(key)?.catch(asError)
          return row && !(row instanceof Error) ? firstOf(row, limit) : (row ?? null)
        }),
      )
    },
    { cacheKeyFn: ({ key, limit }) => `${limit} ${key}` },
  )

const greatest = (asked: readonly Limited[]) => asked.reduce((most, { limit }) => Math.max(most, limit), 0)

/** The error of one key among many: a loader takes it as the failure of that key. */
const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error('failed', { cause: error })

function notFoundIsNull(error: unknown): null {
  if (isNotFound(error)) return null
  throw error
}
