import { z } from 'zod'
import { get, put } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { fetchByKeys } from '../rows/batch.ts'
import { Audit, type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'
import { keyedRows } from '../rows/parsed-rows.ts'

const Address = z.object({
  kind: z.string(),
  name: z.string(),
  street: z.string(),
  city: z.string(),
  postalCode: z.string(),
  country: z.string().length(2),
})

/** Which notifications a customer wants, and by what way. */
export const NotificationPreferences = z.object({
  channels: z.object({ email: z.boolean(), push: z.boolean(), sms: z.boolean() }),
  topics: z.object({ orders: z.boolean(), offers: z.boolean(), stock: z.boolean() }),
})
export type NotificationPreferences = z.infer<typeof NotificationPreferences>

export const Customer = z.object({
  id: z.string(),
  firstName: z.string(),
  displayName: z.string(),
  email: z.string(),
  locale: z.string(),
  avatarUrl: z.url(),
  memberSince: z.string(),
  loyaltyTier: z.string(),
  loyaltyPoints: z.int(),
  addresses: z.array(Address),
  preferences: NotificationPreferences,
  /** For risk only. */
  fraudScore: z.number(),
})
export type Customer = z.infer<typeof Customer>

const byId = get('/customers/{id}', Customer)
const setPreferences = put('/customers/{id}/preferences', NotificationPreferences)
const CustomerRow = Customer.extend({ audit: Audit })
export type CustomerRow = z.infer<typeof CustomerRow>

const rows = get('/customers', pageOf('customers', CustomerRow))
const byIds = get('/customers', z.object({ items: keyedRows('customers', Customer, 'id') }))

export const customers = httpClient('customers', { timeoutMs: 250 }, (call) => ({
  byId: (id: string) => call(byId, { path: { id } }),
  setPreferences: (id: string, preferences: NotificationPreferences, idempotencyKey: string) =>
    call(setPreferences, { path: { id }, body: preferences, idempotencyKey }),
  /** For staff. */
  rows: (query: ListingQuery & { q?: string | undefined; loyaltyTier?: string | undefined }) =>
    call(rows, { query, ...TABLE }),
  byIds: (ids: readonly string[]) =>
    fetchByKeys(ids, async (some) => (await call(byIds, { query: { ids: some.join() } })).items),
}))
