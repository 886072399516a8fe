import { z } from 'zod'
import { type Cut, readable } from './cut.ts'
import { exchangeOverHttp } from './http-exchange.ts'

const Answer = z.object({
  name: z.string(),
  price: z.unknown(),
  inStock: z.boolean().nullable(),
})

/** The product screen of the app: one cacheable GET. */
export async function mobileCut(mobile: string, productId: string): Promise<Omit<Cut, 'upstreamCalls'>> {
  const url = new URL(`/v1/products/${encodeURIComponent(productId)}`, mobile)
  const { exchange: first, etag, body } = await exchangeOverHttp(url, { accept: 'application/json' })
  const { exchange: again } = await exchangeOverHttp(url, { 'if-none-match': etag })
  const { name, price, inStock } = Answer.parse(JSON.parse(body))
  return {
    face: 'mobile',
    first,
    again,
    shown: [
      ['Name', name],
      ['Price', shownPrice(price)],
      ['In stock', inStock === null ? 'not known now' : inStock ? 'yes' : 'no'],
    ],
    inStock: inStock ?? undefined,
    body: readable(body),
  }
}

const Formatted = z.object({ formatted: z.string() })
const shownPrice = (price: unknown): string => {
  const read = Formatted.safeParse(price)
  return read.success ? read.data.formatted : price === null ? 'not known now' : String(price)
}
