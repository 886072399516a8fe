import { UpstreamError } from '@harbor/shared-runtime/errors'
import { inPlace, type List, MalformedRow } from '@harbor/shared-runtime/rows'

/** The items of a list field: a malformed row is an error at its place. */
export const itemsOf = <Row>(list: List<Row>): (Row | Promise<never>)[] =>
  inPlace(list).map((row) => (row instanceof UpstreamError ? failed(row) : row))

/**
 * The items of a list field, loaded one by one; what does not exist is left out. A malformed row is an error at its
 * place, any other failure is one of the whole list.
 */
export async function loadedItems<Row>(
  loads: readonly Promise<Row | null>[],
): Promise<(Row | Promise<never>)[]> {
  const rows = await Promise.all(loads.map((load) => load.catch(malformed)))
  return rows.flatMap((row) => (row === null ? [] : [row instanceof MalformedRow ? failed(row) : row]))
}

/** @throws every error but that of a malformed row, which it returns */
function malformed(error: unknown): MalformedRow {
  if (error instanceof MalformedRow) return error
  throw error
}

function failed(error: UpstreamError): Promise<never> {
  const item = Promise.reject(error)
  item.catch(() => {}) // the executor may look at it a turn later
  return item
}
