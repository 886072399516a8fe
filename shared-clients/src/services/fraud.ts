import { z } from 'zod'
import { post } from '../call/endpoint.ts'
import { httpClient } from '../call/http.ts'
import type { Money } from './money.ts'

export const Assessment = z.object({ id: z.string(), decision: z.enum(['ACCEPT', 'REVIEW', 'REJECT']) })
export type Assessment = z.infer<typeof Assessment>

const assess = post('/assessments', Assessment)

type OrderDraft = {
  customerId: string
  total: Money
  lines: readonly { sku: string; quantity: number }[]
  shippingCountry: string
}

export const fraud = httpClient('fraud', { timeoutMs: 500 }, (call) => ({
  assess: (draft: OrderDraft, idempotencyKey: string) => call(assess, { body: draft, idempotencyKey }),
}))
