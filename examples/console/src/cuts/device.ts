import { type Answer, openCoap } from '@harbor/example-shelf-label/coap'
import type { Cut, Exchange } from './cut.ts'

/** What a shelf label gets: one character over CoAP. */
export async function deviceCut(port: number, sku: string): Promise<Omit<Cut, 'upstreamCalls'>> {
  const coap = await openCoap({ host: '127.0.0.1', port })
  try {
    const path = `/s/${sku}`
    const first = await coap.get(path)
    const again = await coap.get(path, { etag: first.etag })
    const flag = first.payload.toString()
    return {
      face: 'device',
      first: exchangeOf(`GET coap://…${path}`, first),
      again: exchangeOf(`GET ${path} ETag`, again),
      shown: [['Flag', flag === '1' ? '1, in stock' : '0, sold out']],
      inStock: flag === '1',
      body: flag,
    }
  } finally {
    coap.close()
  }
}

const exchangeOf = (request: string, { code, ms, up, down }: Answer): Exchange => ({
  request,
  status: code,
  ms,
  up,
  down,
  cache: undefined,
})
