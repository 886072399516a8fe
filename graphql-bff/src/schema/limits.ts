import { OPAQUE_ID, OPAQUE_ID_FORM } from '@harbor/shared-edge/limits/opaque-id'
import { ProblemError } from '@harbor/shared-runtime/problems'

/**
 * What an operation may cost: the number of rows that it asks of upstreams. A field that is read from a row
 * at hand costs nothing, one that needs a row of its own costs 1, each as often as its parents are many.
 */
export const MAX_COST = 1_000

/** The upstream calls that an operation may make, by its static fan-out: more is refused before it runs. */
export const MAX_CALLS = 40

/** A list whose length nobody chose (a product's images, an order's lines) costs this many rows. */
export const USUAL_LIST_LENGTH = 10

/** The longest such list that the static fan-out counts with; a longer one may make more calls than it says. */
export const LONGEST_LIST = 100

/** Ids that `products(ids:)` takes: as many as the catalog takes in one call. */
const MAX_IDS = 100

/** The cost of a field that needs one row of an upstream. */
export const oneRow = 1

/** The cost of a list that is fetched by a call of its own and whose length nobody chose. */
export const ownList = { field: 1, multiplier: USUAL_LIST_LENGTH }

/** The cost of a list whose rows a field above has counted: the edges of a connection. */
export const countedAbove = { field: 0, multiplier: 1 }

/** The argument that says how many rows a field has, and its greatest value: for the static fan-out. */
export type Size = { readonly sizedBy: string; readonly most: number }

/** The cost of a field that asks for `first` rows, of which there may be at most `max`. */
export const firstRows = (max: number) =>
  Object.assign(
    ({ first }: { first: number }) => {
      if (first < 1 || first > max)
        throw new ProblemError('INVALID_REQUEST', `"first" must be between 1 and ${max}.`)
      return { field: 1, multiplier: first }
    },
    { sizedBy: 'first', most: max } satisfies Size,
  )

type PageArgs = { first: number; after?: string | null | undefined }

/**
 * A page of rows: `first` within bounds, `after` a cursor as it was given.
 * @param assertOthers checks the other arguments of the field
 */
export const pageOfRows = <Others = unknown>(max: number, assertOthers?: (args: NoInfer<Others>) => void) => {
  const rows = firstRows(max)
  return Object.assign(
    (args: PageArgs & NoInfer<Others>) => {
      const { first, after } = args
      assertOthers?.(args)
      if (after !== null && after !== undefined && !/^[\w=-]{1,400}$/.test(after))
        throw new ProblemError('INVALID_REQUEST', '"after" must be an endCursor, as it was given.')
      return rows({ first })
    },
    { sizedBy: rows.sizedBy, most: rows.most } satisfies Size,
  )
}

/** The cost of a field that asks for the row of one id. */
export const rowById = ({ id }: { id: string }) => {
  assertId(id)
  return 1
}

/** The cost of a field that asks for rows by their ids. */
export const rowsByIds = Object.assign(
  ({ ids }: { ids: readonly string[] }) => {
    if (ids.length > MAX_IDS)
      throw new ProblemError('INVALID_REQUEST', `"ids" must hold at most ${MAX_IDS} ids.`)
    ids.forEach(assertId)
    return { field: ids.length, multiplier: ids.length }
  },
  { sizedBy: 'ids', most: MAX_IDS } satisfies Size,
)

/** @throws {ProblemError} `INVALID_REQUEST` for an id that no service can have, before any is asked */
export function assertId(id: string): void {
  if (!OPAQUE_ID.test(id)) throw new ProblemError('INVALID_REQUEST', `An id has ${OPAQUE_ID_FORM}.`)
}

/** @throws {ProblemError} `INVALID_REQUEST` for a quantity that no line of a cart has */
export function assertQuantity(quantity: number): void {
  if (quantity < 1 || quantity > 99)
    throw new ProblemError('INVALID_REQUEST', `A quantity is 1 to 99, not ${quantity}.`)
}

/** @throws {ProblemError} `INVALID_REQUEST` for words that no list is searched for */
export function assertWords(words: string): void {
  if (words.trim() === '' || [...words].length > 100 || !words.isWellFormed())
    throw new ProblemError('INVALID_REQUEST', 'Words to search for have 1 to 100 characters.')
}
