import { z } from 'zod'
import { type Cut, readable } from './cut.ts'
import { exchangeOverHttp } from './http-exchange.ts'

const Answer = z.object({
  data: z.object({
    product: z.object({
      name: z.string(),
      price: z.object({ formatted: z.string() }).nullable(),
      stock: z.array(z.object({ available: z.int() })).nullable(),
      reviews: z.object({ count: z.int(), average: z.number().nullable() }).nullable(),
      images: z.array(z.unknown()),
      specifications: z.array(z.unknown()),
      recommendations: z.array(z.unknown()).nullable(),
    }),
  }),
})

/** The product page of the dashboard: a persisted GraphQL operation, by GET. */
export async function webCut(web: string, productId: string): Promise<Omit<Cut, 'upstreamCalls'>> {
  const operations = z
    .record(z.string(), z.string())
    .parse(await (await fetch(new URL('/operations.json', web))).json())
  const url = new URL('/graphql/public', web)
  url.search = String(
    new URLSearchParams({
      documentId: `sha256:${operations.ProductPage}`,
      variables: JSON.stringify({ id: productId }),
      locale: 'en',
      format: 'json',
    }),
  )
  const { exchange: first, etag, body } = await exchangeOverHttp(url, {})
  const { exchange: again } = await exchangeOverHttp(url, { 'if-none-match': etag })
  const { product } = Answer.parse(JSON.parse(body)).data
  const available = product.stock?.reduce((sum, level) => sum + level.available, 0)
  return {
    face: 'web',
    first,
    again,
    shown: [
      ['Name', product.name],
      ['Price', product.price?.formatted ?? 'not known now'],
      [
        'Stock',
        available === undefined ? 'not known now' : `${available} in ${product.stock?.length} warehouses`,
      ],
      ['Reviews', `${product.reviews?.count ?? 0}, ${product.reviews?.average ?? '–'} of 5`],
      ['Images, specifications', `${product.images.length}, ${product.specifications.length}`],
      ['Recommendations', String(product.recommendations?.length ?? 'not known now')],
    ],
    inStock: available === undefined ? undefined : available > 0,
    body: readable(body),
  }
}
