import { ProblemError } from '@harbor/shared-runtime/problems'

/**
 * What an operation may cost: the number of rows that it asks of upstreams. A field that is read from a row
 * at hand costs nothing, one that needs a row of its own costs 1, each as often as its parents are many.
 */
export const MAX_COST = 1_000

/** Ids that `products(ids:)` takes: as many as the catalog takes in one call. */
const MAX_IDS = 100

/** The cost of a field that needs one row of an upstream. */
export const oneRow = 1

/** The cost of a field that asks for `first` rows, of which there may be at most `max`. */
export const firstRows =
  (max: number) =>
  ({ first }: { first: number }) => {
    if (first < 1 || first > max)
      throw new ProblemError('INVALID_REQUEST', `"first" must be between 1 and ${max}.`)
    return { field: 1, multiplier: first }
  }

/** A page of rows: `first` within bounds, `after` a cursor as it was given. */
export const pageOfRows =
  (max: number) =>
  ({ first, after }: { first: number; after?: string | null | undefined }) => {
    if (after !== null && after !== undefined && !/^[\w=-]{1,400}$/.test(after))
      throw new ProblemError('INVALID_REQUEST', '"after" must be an endCursor, as it was given.')
    return firstRows(max)({ first })
  }

/** The cost of a field that asks for the row of one id. */
export const rowById = ({ id }: { id: string }) => {
  assertId(id)
  return 1
}

/** The cost of a field that asks for rows by their ids. */
export const rowsByIds = ({ ids }: { ids: readonly string[] }) => {
  if (ids.length > MAX_IDS)
    throw new ProblemError('INVALID_REQUEST', `"ids" must hold at most ${MAX_IDS} ids.`)
  ids.forEach(assertId)
  return { field: ids.length, multiplier: ids.length }
}

/** Ids go into the upstreams' request lines, where a comma or a megabyte would mean something else. */
export function assertId(id: string): void {
  if (!/^[\w-]{1,64}$/.test(id))
    throw new ProblemError(
      'INVALID_REQUEST',
      'An id has at most 64 letters, digits, hyphens and underscores.',
    )
}

/** @throws {ProblemError} `INVALID_REQUEST` for a number that no order can have */
export function assertOrderNumber(number: string): void {
  if (!/^HC-\d{4}-\d{1,9}$/.test(number))
    throw new ProblemError('INVALID_REQUEST', 'The number of an order looks like HC-2026-100001.')
}

/** @throws {ProblemError} `INVALID_REQUEST` for words that no list is searched for */
export function assertWords(words: string): void {
  if (words.trim() === '' || [...words].length > 100 || !words.isWellFormed())
    throw new ProblemError('INVALID_REQUEST', 'Words to search for have 1 to 100 characters.')
}
