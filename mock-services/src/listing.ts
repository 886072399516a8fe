import { z } from 'zod'
import { type Call, invalid, limitOf } from './routes.ts'

type Value = string | number
type Asked = Pick<Call, 'query'>

/** How a list can be asked for. Names come from strangers, so they are looked up in maps. */
export type Listing<Row> = {
  idOf: (row: Row) => string
  /** Names for `sort`, each with the value that rows are sorted by; equal values are in the order of their ids. */
  sorts: ReadonlyMap<string, (row: Row) => Value>
  /** The order in which the rows are given, and answered without `sort`; `-` before the name: descending. */
  usual: string
  /** Query parameters that leave rows out. */
  filters?: ReadonlyMap<string, (row: Row, given: string) => boolean>
}

const Cursor = z.tuple([z.string(), z.union([z.string(), z.number()]), z.string()])

/**
 * A page of a list by `cursor`, `limit`, `sort` and the list's filters. The cursor holds the place of the last row
 * of the page before, not its number: a row that is added or removed moves no other row to another page, and a
 * cursor outlives the row that it was made from.
 * @param make makes a row of the answer, for the rows of this page alone
 * @throws {Refusal} 400 for a sort that this list has not, a cursor of another list or order, a limit out of bounds
 */
export function listed<Row, Answer>(
  call: Asked,
  rows: readonly Row[],
  listing: Listing<Row>,
  make: (row: Row) => Answer,
) {
  const limit = limitOf(call, { usual: 20, max: 100 })
  const sort = call.query.get('sort') || listing.usual
  const order = orderOf(sort, listing)
  const found = filtered(call, rows, listing)
  const sorted = sort === listing.usual ? found : [...found].sort(order.compareRows)
  const start = firstAfter(call.query.get('cursor'), sort, sorted, order)
  const page = sorted.slice(start, start + limit)
  const final = page.at(-1)
  const more = final !== undefined && start + limit < sorted.length
  return {
    items: page.map(make),
    nextCursor: more ? encode([sort, ...order.placeOf(final)]) : null,
    totalCount: sorted.length,
  }
}

type Place = [value: Value, id: string]

function orderOf<Row>(sort: string, { idOf, sorts }: Listing<Row>) {
  const descending = sort.startsWith('-')
  const sortedBy = sorts.get(descending ? sort.slice(1) : sort)
  if (!sortedBy) throw invalid(`sort: one of ${[...sorts.keys()].join(', ')}; "-" before it for descending`)
  const placeOf = (row: Row): Place => [sortedBy(row), idOf(row)]
  const compare = (a: Place, b: Place) =>
    (compareValues(a[0], b[0]) || compareValues(a[1], b[1])) * (descending ? -1 : 1)
  return { placeOf, compare, compareRows: (a: Row, b: Row) => compare(placeOf(a), placeOf(b)) }
}

const compareValues = (a: Value, b: Value): number => (a < b ? -1 : a > b ? 1 : 0)

function filtered<Row>({ query }: Asked, rows: readonly Row[], { filters = new Map() }: Listing<Row>) {
  const asked = [...filters].flatMap(([name, fits]) => {
    const given = query.get(name)
    return given === null || given === '' ? [] : [(row: Row): boolean => fits(row, given)]
  })
  return asked.length === 0 ? rows : rows.filter((row) => asked.every((fits) => fits(row)))
}

/** The index of the first row behind the cursor's place, by bisection: the rows are in order. */
function firstAfter<Row>(
  cursor: string | null,
  sort: string,
  rows: readonly Row[],
  { placeOf, compare }: ReturnType<typeof orderOf<Row>>,
): number {
  if (cursor === null || cursor === '') return 0
  const [of, value, id] = decode(cursor)
  if (of !== sort) throw invalid('cursor: not one of this list in this order')
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    const row = rows[middle]
    if (row !== undefined && compare(placeOf(row), [value, id]) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

const encode = (cursor: z.infer<typeof Cursor>): string =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url')

function decode(cursor: string): z.infer<typeof Cursor> {
  const decoded = Cursor.safeParse(parsed(Buffer.from(cursor, 'base64url').toString()))
  // Decoding takes more than one text for the same bytes; a cursor has one name.
  if (!decoded.success || encode(decoded.data) !== cursor) throw invalid('cursor: not one of this list')
  return decoded.data
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
