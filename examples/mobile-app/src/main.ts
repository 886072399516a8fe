/** A product as the mobile app sees it: four fields, and no body the second time. */
import { parseArgs } from 'node:util'
import { createMobileClient } from './client.ts'
import type { ClientEvent } from './send.ts'

const { values } = parseArgs({
  options: {
    address: { type: 'string', default: 'http://127.0.0.1:4001' },
    product: { type: 'string', default: 'p1001' },
  },
})

const exchanges: Extract<ClientEvent, { type: 'exchange' }>[] = []
const { api } = createMobileClient({
  address: values.address,
  onEvent: (event) => void (event.type === 'exchange' && exchanges.push(event)),
})
const product = () => api.v1.products[':id'].$get({ param: { id: values.product } })

const answer = await product()
if (!answer.ok) throw new Error(`${values.product}: ${answer.status} ${await answer.text()}`)
const { name, price, inStock } = await answer.json()
await product()

console.log(`${name} · ${price?.formatted ?? 'price not known now'} · ${stockLabel(inStock)}`)
const [first, again] = exchanges.map(
  ({ status, bytes, ms }) => `${status}  ${bytes} bytes  ${ms.toFixed(1)} ms`,
)
console.log(`first  ${first}`)
console.log(`again  ${again}`)

function stockLabel(inStock: boolean | null): string {
  if (inStock === null) return 'stock not known now'
  return inStock ? 'in stock' : 'sold out'
}
