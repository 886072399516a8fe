/** A product as the mobile app sees it: four fields, and nothing at all the second time. */
import { parseArgs } from 'node:util'
import { createMobileClient } from './client.ts'

type ProductScreen = {
  id: string
  name: string
  price: { formatted: string } | null
  inStock: boolean | null
}

const { values } = parseArgs({
  options: {
    address: { type: 'string', default: 'http://127.0.0.1:4001' },
    product: { type: 'string', default: 'p1001' },
  },
})

const client = createMobileClient({ address: values.address })
const path = `/v1/products/${values.product}`
const first = await client.get<ProductScreen>(path)
const second = await client.get<ProductScreen>(path)

const { name, price, inStock } = first.screen
console.log(`${name} · ${price?.formatted ?? 'price not known now'} · ${stockLabel(inStock)}`)
console.log(`first  ${first.status}  ${first.bytes} bytes  ${first.ms.toFixed(1)} ms`)
console.log(`again  ${second.status}  ${second.bytes} bytes  ${second.ms.toFixed(1)} ms`)

function stockLabel(inStock: boolean | null): string {
  if (inStock === null) return 'stock not known now'
  return inStock ? 'in stock' : 'sold out'
}
