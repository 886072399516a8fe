import { z } from 'zod'

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

/** A page of rows. `nextCursor` is `null` on the last one. */
type Listing<Row> = { items: Row[]; nextCursor: string | null; totalCount: number }

/** The answer of a list; one row that does not fit costs itself, not the list: it is `null`. */
export const listingOf = <Row>(row: z.ZodType<Row>): z.ZodType<Listing<Row | null>> =>
  z.object({
    items: z.array(row.nullable().catch(null)),
    nextCursor: z.string().nullable(),
    totalCount: z.int().nonnegative(),
  })

/** Staff wait longer for a table than a customer for a screen, milliseconds. */
export const TABLE = { timeoutMs: 1_000 }
