import type { UpstreamError } from '@harbor/shared-runtime/errors'
import { type List, MalformedRow } from '@harbor/shared-runtime/rows'
import { z } from 'zod'
import type { ServiceName } from '../services.ts'

/** A row of a batch, or the error of a malformed one. Without a key it may be the row of any key asked for. */
export type Keyed<Row> = { readonly key: string | undefined; readonly row: Row | UpstreamError }

/** Schema of rows that are parsed one by one: a malformed one is an error at its position. */
export const listOf = <Row>(upstream: ServiceName, row: z.ZodType<Row>): z.ZodType<List<Row>> =>
  z.array(z.unknown()).transform((given): List<Row> => {
    const items: Row[] = []
    const broken = new Map<number, UpstreamError>()
    for (const [position, value] of given.entries()) {
      const parsed = row.safeParse(value)
      if (parsed.success) items.push(parsed.data)
      else broken.set(position, malformed(upstream, parsed.error))
    }
    return { items, broken }
  })

/** Schema of an answer `{ items }` whose rows are parsed one by one. */
export const itemsOf = <Row>(upstream: ServiceName, row: z.ZodType<Row>): z.ZodType<List<Row>> =>
  z.object({ items: listOf(upstream, row) }).transform(({ items }) => items)

/** The same with other fields beside the rows. */
export const answerOf = <Row, Rest>(
  upstream: ServiceName,
  row: z.ZodType<Row>,
  rest: z.ZodType<Rest>,
): z.ZodType<List<Row> & Rest> => z.intersection(itemsOf(upstream, row), rest)

/** Schema of the rows of a batch, parsed one by one; `key` names the field by which they are joined. */
export const keyedRows = <Row>(
  upstream: ServiceName,
  row: z.ZodType<Row>,
  key: keyof Row & string,
): z.ZodType<Keyed<Row>[]> => {
  const keyOf = z.object({ [key]: z.string() }).transform((keyed) => keyed[key])
  return z.array(
    z.unknown().transform((given): Keyed<Row> => {
      const parsed = row.safeParse(given)
      if (parsed.success) return { key: keyOf.safeParse(given).data, row: parsed.data }
      const readable = parsed.error.issues.every(({ path: [field] }) => field !== key)
      return {
        key: readable ? keyOf.safeParse(given).data : undefined,
        row: malformed(upstream, parsed.error),
      }
    }),
  )
}

const malformed = (upstream: ServiceName, cause: z.ZodError) => new MalformedRow(upstream, { cause })
