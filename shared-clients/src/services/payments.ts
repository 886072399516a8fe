import { z } from 'zod'
import { get, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'
import { Money } from './money.ts'

export const Payment = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  amount: Money,
  createdAt: z.iso.datetime(),
})
export type Payment = z.infer<typeof Payment>

const PaymentRow = Payment.extend({ audit: Audit })
export type PaymentRow = z.infer<typeof PaymentRow>

const rows = get('/payments', pageOf('payments', PaymentRow))
const authorise = post('/authorisations', Payment)
const voidAuthorisation = post('/authorisations/{id}/void', Payment)
const byIds = get('/payments', z.object({ items: keyedRows('payments', Payment, 'id') }))

type Authorisation = {
  customerId: string
  amount: Money
  /** The name or token of a payment method, as the payment service knows it. */
  method: string
  /** What is paid for: one state of a cart. */
  cart: { id: string; version: number }
}

/** An issuer of cards takes its time. */
const AUTHORISE_TIMEOUT_MS = 2_000

export const payments = httpClient('payments', { timeoutMs: 500, hedge: false }, (call) => ({
  /**
   * @throws {UpstreamError} `rejected` when the payment is declined, `precondition_failed` when this state of the
   *   cart has an authorisation that is not void
   */
  authorise: (authorisation: Authorisation, idempotencyKey: string) =>
    call(authorise, { body: authorisation, idempotencyKey, timeoutMs: AUTHORISE_TIMEOUT_MS }),
  /** Gives an authorisation back; nothing is charged. */
  void: (id: string, idempotencyKey: string) =>
    call(voidAuthorisation, { path: { id }, body: {}, idempotencyKey, timeoutMs: AUTHORISE_TIMEOUT_MS }),
  /** For staff. */
  rows: (query: ListingQuery & { status?: string | undefined; customerId?: string | undefined }) =>
    call(rows, { query, ...TABLE }),
  byIds: (ids: readonly string[]) =>
    fetchByKeys(ids, async (some) => (await call(byIds, { query: { ids: some.join() } })).items),
}))
