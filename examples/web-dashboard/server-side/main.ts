/** A product as the dashboard sees it: three micro frontends, one request, sent as a hash. */
import { parseArgs } from 'node:util'
import { ProductPage } from '../src/gen/operations.ts'
import { createWebClient } from './client.ts'

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

const available = product.stock?.reduce((total, { available }) => total + available, 0)
console.log(`${product.name} · ${product.price?.formatted ?? 'price not known now'}`)
console.log(`${available ?? 'unknown'} in ${product.stock?.length ?? 'all'} warehouses`)
console.log(`${product.reviews?.count ?? 0} reviews, ${product.reviews?.average ?? '-'} of 5 stars`)
console.log(`${product.images.length} images, ${product.specifications.length} specifications`)
console.log(`${product.recommendations?.length ?? 0} recommendations`)
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
