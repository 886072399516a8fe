import type { List } from '@harbor/shared-runtime/rows'
import { z } from 'zod'
import type { ServiceName } from '../services.ts'
import { answerOf } from './parsed-rows.ts'

/** What every list of rows takes; filters are its own. `sort` is a name, with `-` before it for descending. */
export type ListingQuery = { cursor?: string | undefined; limit: number; sort?: string | undefined }

/** Who wrote a row first and last. */
export const Audit = z.object({
  createdAt: z.iso.datetime(),
  createdBy: z.string(),
  updatedAt: z.iso.datetime(),
  updatedBy: z.string(),
  revision: z.int(),
})
export type Audit = z.infer<typeof Audit>

/** A page of rows. `nextCursor` is `null` on the last one; `totalCount` counts the rows of all pages. */
export type Page<Row> = List<Row> & { readonly nextCursor: string | null; readonly totalCount: number }

/** The answer of a list with pages; a malformed row is an error at its position, and costs no other row. */
export const pageOf = <Row>(upstream: ServiceName, row: z.ZodType<Row>): z.ZodType<Page<Row>> =>
  answerOf(upstream, row, z.object({ nextCursor: z.string().nullable(), totalCount: z.int().nonnegative() }))

/** The same over gRPC, where the cursor of the last page is empty. */
export const grpcPageOf = <Row>(upstream: ServiceName, row: z.ZodType<Row>): z.ZodType<Page<Row>> =>
  answerOf(
    upstream,
    row,
    z.object({
      nextCursor: z.string().transform((cursor) => (cursor === '' ? null : cursor)),
      totalCount: z.int().nonnegative(),
    }),
    // A message without these fields reads as the last page of an empty list.
  ).refine(({ items, broken, totalCount }) => totalCount >= items.length + broken.size, {
    error: 'totalCount is less than the rows of one page',
  })

/** What a list over gRPC is asked for. */
export const grpcListing = ({ cursor = '', limit, sort = '' }: ListingQuery) => ({ cursor, limit, sort })

/** Staff wait longer for a table than a customer for a screen, milliseconds. */
export const TABLE = { timeoutMs: 1_000 }
