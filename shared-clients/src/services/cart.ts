import type { Precondition } from '@harbor/shared-runtime/writes/precondition'
import { z } from 'zod'
import { del, get, getOwned, patch, post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import { Audit, type ListingQuery, pageOf, TABLE } from '../rows/listing.ts'

export const Cart = z.object({
  id: z.string(),
  customerId: z.string(),
  currency: z.string().length(3),
  lines: z.array(
    z.object({
      sku: z.string(),
      productId: z.string(),
      name: z.string(),
      imageUrl: z.url(),
      quantity: z.int().positive(),
    }),
  ),
  /** Where it would be sent: what tax and shipping depend on. */
  destination: z.object({ country: z.string().length(2), postalCode: z.string() }),
  updatedAt: z.iso.datetime(),
  /** Goes up with every change of the cart, an order included. */
  version: z.int().nonnegative(),
})
export type Cart = z.infer<typeof Cart>

const CartRow = Cart.extend({ audit: Audit })
export type CartRow = z.infer<typeof CartRow>

const rows = get('/carts', pageOf('cart', CartRow))
const byId = getOwned('/carts/{id}', Cart)
const ofCustomer = get('/customers/{id}/cart', Cart)
const addLine = post('/carts/{id}/lines', Cart)
const setQuantity = patch('/carts/{id}/lines/{sku}', Cart)
const removeLine = del('/carts/{id}/lines/{sku}', Cart)

type Line = { sku: string; quantity: number }
type Write = { idempotencyKey: string; precondition?: Precondition | undefined }

export const cart = httpClient('cart', { timeoutMs: 200 }, (call) => ({
  byId: (id: string, options?: { timeoutMs?: number }) => call(byId, { path: { id }, ...options }),
  /** The same as it is now: not the answer to somebody who asked earlier. */
  nowById: (id: string) => call(byId, { path: { id }, alone: true }),
  ofCustomer: (id: string) => call(ofCustomer, { path: { id } }),
  /** For staff. */
  rows: (query: ListingQuery & { customerId?: string | undefined }) => call(rows, { query, ...TABLE }),
  /** Adds to the line of that SKU, or makes one. */
  addLine: (id: string, line: Line, write: Write) => call(addLine, { path: { id }, body: line, ...write }),
  setQuantity: (id: string, { sku, quantity }: Line, write: Write) =>
    call(setQuantity, { path: { id, sku }, body: { quantity }, ...write }),
  /** No error for a line that is not there. */
  removeLine: (id: string, sku: string, write: Write) => call(removeLine, { path: { id, sku }, ...write }),
}))
