import { z } from 'zod'
import { fetchByKeys } from './batch.ts'
import { Money } from './money.ts'
import { get } from './transport/endpoint.ts'
import { httpClient } from './transport/http.ts'

export const Payment = z.object({
  id: z.string(),
  customerId: z.string(),
  status: z.string(),
  amount: Money,
  createdAt: z.iso.datetime(),
})
export type Payment = z.infer<typeof Payment>

const byIds = get('/payments', z.object({ items: z.array(Payment) }))

export const payments = httpClient('payments', { timeoutMs: 500, hedge: false }, (call) => ({
  byIds: (ids: readonly string[]) =>
    fetchByKeys(
      ids,
      async (some) => (await call(byIds, { query: { ids: some.join() } })).items,
      (payment) => payment.id,
    ),
}))
