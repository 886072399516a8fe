/** A product as the dashboard sees it: three micro frontends, one request, sent as a hash. */
import { parseArgs } from 'node:util'
import { createWebClient } from './client.ts'
import { ProductPage } from './gen/operations.ts'

const { values } = parseArgs({
  options: {
    address: { type: 'string', default: 'http://127.0.0.1:4000' },
    product: { type: 'string', default: 'p1001' },
  },
})

const client = createWebClient({ address: values.address })
const variables = { id: values.product, reviews: 3, recommendations: 4 }

const first = await timed(() => client.call(ProductPage, variables))
const second = await timed(() => client.call(ProductPage, variables))
const { product } = first.answer
if (!product) throw new Error(`there is no product ${values.product}`)

const stock = product.stock?.map(({ warehouse, available }) => `${warehouse} ${available}`).join(', ')
console.log(
  `${product.name} · ${product.price?.formatted ?? 'price not known now'} · ${stock ?? 'stock not known now'}`,
)
console.log(
  `${product.reviewSummary?.count ?? 0} reviews, ${product.reviewSummary?.average ?? '-'} of 5 stars`,
)
console.log(
  `${product.specifications.length} specifications, ${product.recommendations?.length ?? 0} recommendations`,
)
console.log(`first  200  ${first.bytes} bytes  ${first.ms.toFixed(1)} ms`)
console.log(`again  200  ${second.bytes} bytes  ${second.ms.toFixed(1)} ms`)

async function timed<Data>(ask: () => Promise<Data>) {
  const started = performance.now()
  const answer = await ask()
  return {
    answer,
    bytes: Buffer.byteLength(JSON.stringify({ data: answer })),
    ms: performance.now() - started,
  }
}
