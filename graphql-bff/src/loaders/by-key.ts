import { isNotFound } from '@harbor/shared-runtime/errors'
import type { Rows } from '@harbor/shared-runtime/rows'
import { inTurns } from './in-turns.ts'

type Keyed<Row> = { load(key: string): Promise<Row | null> }

/**
 * Loads rows by key: those asked for in the same turn by one call, each key once an operation.
 * A key that the upstream does not know is `null`; a malformed row is the error of its key alone.
 */
export const byKey = <Row>(fetchRows: (keys: readonly string[]) => Promise<Rows<Row>>): Keyed<Row> =>
  withoutLimit(byKeyAndLimit(fetchRows, whole))

/**
 * `byKey` for what has a length: one call for the greatest length that is asked for in the same turn, of which each
 * field gets its own with `firstOf`. `reviews(first: 1)` beside `reviews(first: 15)` is one call.
 */
export const byKeyAndLimit = <Row>(
  fetchRows: (keys: readonly string[], limit: number) => Promise<Rows<Row>>,
  firstOf: (row: Row, limit: number) => Row,
) =>
  inTurns<Row>({
    firstOf,
    call(missing) {
      const fetched = fetchRows([...missing.keys()], Math.max(...missing.values()))
      return async (key) => {
        const rows = await fetched
        const broken = rows.broken.get(key)
        if (broken) throw broken
        return rows.get(key) ?? null
      }
    },
  })

/** For an upstream that has no batch: one call a key, each key once an operation, `null` for "not found". */
export const oneByOne = <Row>(fetchRow: (key: string) => Promise<Row>): Keyed<Row> =>
  withoutLimit(oneByOneWithLimit(fetchRow, whole))

/** `oneByOne` for what has a length: one call a key, for the greatest length that is asked for in the same turn. */
export const oneByOneWithLimit = <Row>(
  fetchRow: (key: string, limit: number) => Promise<Row>,
  firstOf: (row: Row, limit: number) => Row,
) =>
  inTurns<Row>({
    firstOf,
    call: (missing) => (key) => fetchRow(key, missing.get(key) ?? 0).catch(notFoundIsNull),
  })

/** A loader of rows that have no length. */
const withoutLimit = <Row>(loader: ReturnType<typeof inTurns<Row>>): Keyed<Row> => ({
  load: (key) => loader.load({ key, limit: 0 }),
})

const whole = <Row>(row: Row): Row => row

function notFoundIsNull(error: unknown): null {
  if (isNotFound(error)) return null
  throw error
}
