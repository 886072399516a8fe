import { z } from 'zod'
import { get, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'

export const Tax = z.object({
  totalMinor: z.int(),
  currency: z.string().length(3),
  lines: z.array(z.object({ sku: z.string(), rateBasisPoints: z.int(), taxMinor: z.int() })),
})
export type Tax = z.infer<typeof Tax>

/** The tax of an order, as it was calculated. */
const TaxRow = Tax.extend({ id: z.string(), orderId: z.string(), calculatedAt: z.iso.datetime() })
export type TaxRow = z.infer<typeof TaxRow>

const rows = get('/calculations', pageOf('tax', TaxRow))
const calculate = post('/calculations', Tax)

type Basis = {
  country: string
  currency: string
  lines: readonly { sku: string; quantity: number; netMinor: number }[]
}

export const tax = httpClient('tax', { timeoutMs: 200 }, (call) => ({
  /** For staff. */
  rows: (query: ListingQuery & { orderId?: string | undefined }) => call(rows, { query, ...TABLE }),
  calculate: (basis: Basis, options?: { timeoutMs?: number }) => call(calculate, { body: basis, ...options }),
}))
