import { UpstreamError } from '../errors/errors.ts'

/** One row of an answer is not as agreed; the answer is. */
export class MalformedRow extends UpstreamError {
  constructor(upstream: string, options?: ErrorOptions) {
    super(upstream, 'invalid_answer', 'a row is not as agreed', options)
  }
}

/**
 * Rows by key. A row that arrived malformed is the error of its key in `broken`, and no key of the map: callers
 * that cannot do without it use `whole()`, which tells "malformed" from "does not exist".
 */
export class Rows<Row> extends Map<string, Row> {
  readonly broken = new Map<string, UpstreamError>()

  /** @throws {UpstreamError} the error of the first broken row, if there is one */
  whole(): this {
    for (const error of this.broken.values()) throw error
    return this
  }
}

/** Rows in the order of their upstream. `broken` holds the errors of malformed rows by their position in the answer. */
export type List<Row> = {
  readonly items: readonly Row[]
  readonly broken: ReadonlyMap<number, UpstreamError>
}

/** @throws {UpstreamError} the error of the first broken row, if there is one */
export function wholeList<Answer extends List<unknown>>(list: Answer): Answer {
  for (const error of list.broken.values()) throw error
  return list
}

/** The rows of a list at their positions, each broken one as its error. */
export function inPlace<Row>({ items, broken }: List<Row>): (Row | UpstreamError)[] {
  if (broken.size === 0) return [...items]
  const good = items.values()
  return Array.from({ length: items.length + broken.size }, (_, position) => {
    const error = broken.get(position)
    return error ?? (good.next().value as Row)
  })
}

/** The first rows of a list, broken ones included. */
export function firstOf<Row>({ items, broken }: List<Row>, limit: number): List<Row> {
  const some = new Map([...broken].filter(([position]) => position < limit))
  return { items: items.slice(0, limit - some.size), broken: some }
}

/** The first error among the rows of a value, and whether there is any row left beside it. */
export function brokenRow(value: unknown): { error: UpstreamError; empty: boolean } | undefined {
  if (!(value instanceof Object && 'broken' in value && value.broken instanceof Map)) return undefined
  const [error] = value.broken.values()
  if (error === undefined) return undefined
  const size =
    value instanceof Rows
      ? value.size
      : 'items' in value && Array.isArray(value.items)
        ? value.items.length
        : 0
  return { error, empty: size === 0 }
}
