import { z } from 'zod'
import { get } from './transport/endpoint.ts'
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

const byId = get('/carts/{id}', Cart)
const ofCustomer = get('/customers/{id}/cart', Cart)

export const cart = httpClient('cart', { timeoutMs: 200 }, (call) => ({
  byId: (id: string, options?: { timeoutMs?: number }) => call(byId, { path: { id }, ...options }),
  ofCustomer: (id: string) => call(ofCustomer, { path: { id } }),
}))
