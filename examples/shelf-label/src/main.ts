/** A product as a shelf label sees it: one byte when asked by CoAP, one byte when it changes by MQTT. */
import { parseArgs } from 'node:util'
import mqtt from 'mqtt'
import { openCoap } from './coap.ts'

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    coap: { type: 'string', default: '5683' },
    mqtt: { type: 'string', default: 'mqtt://127.0.0.1:1884' },
    device: { type: 'string', default: 'd101' },
    key: { type: 'string', default: 'harbor-demo-key-d101' },
    store: { type: 'string', default: 'ber' },
    sku: { type: 'string', default: 'HB-1001' },
  },
})

const coap = await openCoap({ host: values.host, port: Number(values.coap) })
const first = await coap.get(`/s/${values.sku}`)
const second = await coap.get(`/s/${values.sku}`, { etag: first.etag })
coap.close()
console.log(`${values.sku} · ${first.payload} · ${label(first.payload)}`)
console.log(`first  ${first.code}  ${first.up + first.down} bytes  ${first.ms.toFixed(1)} ms`)
console.log(`again  ${second.code}  ${second.up + second.down} bytes  ${second.ms.toFixed(1)} ms`)

const client = await mqtt.connectAsync(values.mqtt, { username: values.device, password: values.key })
const retained = new Promise<Buffer>((resolve) => client.once('message', (_, payload) => resolve(payload)))
await client.subscribeAsync(`s/${values.store}/${values.sku}`)
const flag = await retained
console.log(`mqtt   kept  ${flag.length} byte   ${label(flag)}`)
await client.endAsync()

function label(flag: Buffer): string {
  return flag.toString() === '1' ? 'in stock' : 'sold out'
}
