import { z } from 'zod'
import { del, get, getOwned, patch, post } from './transport/endpoint.ts'
import { httpClient } from './transport/http.ts'

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
})
export type Cart = z.infer<typeof Cart>

const byId = getOwned('/carts/{id}', Cart)
const ofCustomer = get('/customers/{id}/cart', Cart)
const addLine = post('/carts/{id}/lines', Cart)
const setQuantity = patch('/carts/{id}/lines/{sku}', Cart)
const removeLine = del('/carts/{id}/lines/{sku}', Cart)

type Line = { sku: string; quantity: number }

export const cart = httpClient('cart', { timeoutMs: 200 }, (call) => ({
  byId: (id: string, options?: { timeoutMs?: number }) => call(byId, { path: { id }, ...options }),
  ofCustomer: (id: string) => call(ofCustomer, { path: { id } }),
  /** Adds to the line of that SKU, or makes one. */
  addLine: (id: string, line: Line, idempotencyKey: string) =>
    call(addLine, { path: { id }, body: line, idempotencyKey }),
  setQuantity: (id: string, { sku, quantity }: Line, idempotencyKey: string) =>
    call(setQuantity, { path: { id, sku }, body: { quantity }, idempotencyKey }),
  /** No error for a line that is not there. */
  removeLine: (id: string, sku: string, idempotencyKey: string) =>
    call(removeLine, { path: { id, sku }, idempotencyKey }),
}))
