import type { UpstreamError } from '@harbor/shared-runtime/errors'
import { inPlace, type List, MalformedRow } from '@harbor/shared-runtime/rows'

/** The items of a list field: a malformed row is an error at its place. */
export const itemsOf = <Row>(list: List<Row>): Row[] => asItems(inPlace(list))

/**
 * The items of a list field, loaded one by one; what does not exist is left out. A malformed row is an error at its
 * place, any other failure is one of the whole list.
 */
export async function loadedItems<Row>(loads: readonly Promise<Row | null>[]): Promise<Row[]> {
  const rows = await Promise.all(loads.map((load) => load.catch(malformed)))
  return asItems(rows.filter((row) => row !== null))
}

/** @throws every error but that of a malformed row, which it returns */
function malformed(error: unknown): MalformedRow {
  if (error instanceof MalformedRow) return error
  throw error
}

/**
 * Both ways of execution take an error among the items for the failure of that item, which types have no word for. A
 * rejected promise would be one item more in compiled code (graphql-jit 0.8.9).
 */
const asItems = <Row>(rows: readonly (Row | UpstreamError)[]): Row[] => rows as Row[]
